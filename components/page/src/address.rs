//! Addresses that may stand in a document. An address of any other shape is as good as none.

use std::fmt;

/// An address that a document may link to or load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a>(&'a str);

impl<'a> Address<'a> {
    /// What a link may lead to: `https://…`, `http://…`, `/…` on this host, or `#…` on this page.
    pub fn of_link(text: &'a str) -> Option<Self> {
        let fits = is_web(text) || is_on_this_host(text) || text.starts_with('#');
        (fits && !is_rewritten_by_browsers(text)).then_some(Self(text))
    }

    /// What a picture may be loaded from: `https://…`, `/…` on this host, or `data:image/…`;
    /// that is what the content security policy allows.
    pub fn of_picture(text: &'a str) -> Option<Self> {
        if starts_with(text, "data:image/") {
            return (!text.contains(char::is_control)).then_some(Self(text));
        }
        let fits = starts_with(text, "https://") || is_on_this_host(text);
        (fits && !is_rewritten_by_browsers(text)).then_some(Self(text))
    }

    /// The place on this page that it leads to.
    pub fn fragment(self) -> Option<&'a str> {
        self.0.strip_prefix('#').filter(|fragment| !fragment.is_empty())
    }

    /// Where a shop's own pages live: `https://…` or `http://…`.
    pub fn of_shop(text: &'a str) -> Option<Self> {
        (is_web(text) && !is_rewritten_by_browsers(text)).then_some(Self(text))
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A search term as the value of a query parameter (RFC 3986, section 2.1).
pub fn query_value(term: &str) -> String {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: u8| match byte {
        byte if is_unreserved(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    term.bytes().map(encode).collect()
}

fn is_web(text: &str) -> bool {
    starts_with(text, "https://") || starts_with(text, "http://")
}

/// `//host/…` is on another host.
fn is_on_this_host(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//")
}

/// Browsers drop tabs and line feeds and read `\` as `/` (WHATWG URL, section 4.4), so that
/// `/\host` and a broken-up `//host` lead elsewhere.
fn is_rewritten_by_browsers(text: &str) -> bool {
    text.contains(|c: char| c.is_control() || c == '\\')
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn links_lead_to_the_web_this_host_or_this_page() {
        for text in ["https://a.example/x?y=1#z", "HTTP://a.example", "/products/wand", "/", "#wand", "#"] {
            assert!(Address::of_link(text).is_some(), "{text:?}");
        }
    }

    #[test]
    fn links_lead_nowhere_else() {
        for text in [
            "",
            "javascript:alert(1)",
            " javascript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,<script>",
            "data:image/png;base64,AA==",
            "vbscript:x",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "products/wand",
            "ftp://a.example",
        ] {
            assert_eq!(Address::of_link(text), None, "{text:?}");
        }
    }

    #[test]
    fn pictures_come_from_where_the_policy_allows() {
        for text in
            ["https://a.example/x.png", "/x.png", "data:image/svg+xml,<svg xmlns='x'/>", "DATA:image/png,"]
        {
            assert!(Address::of_picture(text).is_some(), "{text:?}");
        }
        for text in ["http://a.example/x.png", "//a.example/x.png", "data:text/html,x", "#x", "", "é"] {
            assert_eq!(Address::of_picture(text), None, "{text:?}");
        }
    }

    #[test]
    fn terms_are_encoded_for_queries() {
        assert_eq!(query_value("Oak & holly–50%"), "Oak%20%26%20holly%E2%80%9350%25");
    }

    proptest! {
        #[test]
        fn no_address_changes_its_scheme_or_host(text in "(/|https://|#|data:|javascript:)?[/\\\\:\t\n a-z#]{0,20}") {
            for address in [Address::of_link(&text), Address::of_picture(&text)].into_iter().flatten() {
                // What a browser reads.
                let read = address.to_string().replace(['\t', '\n', '\r'], "").replace('\\', "/");
                let known = ["https://", "http://", "#", "data:image/"].iter().any(|start| read.starts_with(start));
                prop_assert!(known || (read.starts_with('/') && !read.starts_with("//")), "{read:?}");
            }
        }
    }
}
