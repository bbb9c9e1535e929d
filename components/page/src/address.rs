//! Addresses that may stand in a document. An address of any other shape is as good as none.

use std::fmt;

/// Paths under which every shop at Shopify has its products and collections.
const SHOP_PATHS: [&str; 2] = ["/products/", "/collections/"];

/// An address that a document may link to or load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    /// The shop that the path belongs to; empty where `text` says it all.
    shop: &'a str,
    text: &'a str,
}

impl<'a> Address<'a> {
    /// What a link may lead to: `https://…`, `http://…`, `/…` on this host, or `#…` on this page.
    pub fn of_link(text: &'a str) -> Option<Self> {
        let fits = is_web(text) || is_on_this_host(text) || text.starts_with('#');
        (fits && !is_rewritten_by_browsers(text)).then_some(Self::of(text))
    }

    /// What a link to a product or a collection leads to. Where the shop has pages of its own, the address is
    /// `{shop}/products/…`, whatever domain or market's folder the catalog named: whoever shows the page puts the
    /// shopper's own in its place.
    pub fn of_link_into(shop: Option<Self>, text: &'a str) -> Option<Self> {
        let link = Self::of_link(text)?;
        let Some(shop) = shop else { return Some(link) };
        let path = if is_on_this_host(text) { text } else { path(text) };
        Some(match shop_path(path) {
            Some(text) => Self { shop: shop.text, text },
            None if is_on_this_host(text) => Self { shop: shop.text, text },
            None => link,
        })
    }

    /// What a picture may be loaded from: `https://…`, `/…` on this host, or `data:image/…`;
    /// that is what the content security policy allows.
    pub fn of_picture(text: &'a str) -> Option<Self> {
        if starts_with(text, "data:image/") {
            return (!text.contains(char::is_control)).then_some(Self::of(text));
        }
        let fits = starts_with(text, "https://") || is_on_this_host(text);
        (fits && !is_rewritten_by_browsers(text)).then_some(Self::of(text))
    }

    /// The place on this page that it leads to.
    pub fn fragment(self) -> Option<&'a str> {
        self.text.strip_prefix('#').filter(|fragment| !fragment.is_empty())
    }

    /// Where a shop's own pages live: `https://…` or `http://…`.
    pub fn of_shop(text: &'a str) -> Option<Self> {
        (is_web(text) && !is_rewritten_by_browsers(text)).then_some(Self::of(text))
    }

    fn of(text: &'a str) -> Self {
        Self { shop: "", text }
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shop)?;
        f.write_str(self.text)
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

/// What follows the host of an address on the web.
fn path(text: &str) -> &str {
    let host_on = text.find("//").map_or(text, |at| text.get(at + 2..).unwrap_or_default());
    let end = host_on.find(['/', '?', '#']).unwrap_or(host_on.len());
    host_on.get(end..).filter(|rest| rest.starts_with('/')).unwrap_or_default()
}

/// The path of a product or a collection, without the folder of a market (`/fr`, `/en-ca`) before it.
fn shop_path(path: &str) -> Option<&str> {
    let is_shops = |path: &&str| SHOP_PATHS.iter().any(|start| path.starts_with(start));
    let without_folder = || {
        let (folder, _) = path.strip_prefix('/')?.split_once('/')?;
        path.get(1 + folder.len()..).filter(|_| is_market_folder(folder))
    };
    Some(path).filter(is_shops).or_else(|| without_folder().filter(is_shops))
}

/// A language, with a region or a script or both: `fr`, `en-ca`, `zh-hant-hk`
/// (<https://help.shopify.com/en/manual/international/domains>).
fn is_market_folder(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_language =
        |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_region =
        |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    parts.next().is_some_and(is_language) && parts.all(is_region)
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
    fn links_into_a_shop_lead_to_the_shop_whatever_domain_or_folder_the_catalog_named() {
        let shop = Address::of_shop("https://wands.example");
        for (text, address) in [
            ("/products/x", "https://wands.example/products/x"),
            ("/products/x?variant=7&a=b#c", "https://wands.example/products/x?variant=7&a=b#c"),
            ("/fr/products/x", "https://wands.example/products/x"),
            ("/en-ca/collections/all/products/x", "https://wands.example/collections/all/products/x"),
            ("https://primary.example/products/x", "https://wands.example/products/x"),
            ("https://primary.example/zh-hant-hk/products/x", "https://wands.example/products/x"),
            (
                "HTTPS://WANDS.example:8443/pt-BR/products/x?variant=7",
                "https://wands.example/products/x?variant=7",
            ),
            ("/pages/about", "https://wands.example/pages/about"),
            ("/pages/products/x", "https://wands.example/pages/products/x"),
            ("https://blog.example/about", "https://blog.example/about"),
            ("https://blog.example?/products/x", "https://blog.example?/products/x"),
            ("#wand", "#wand"),
        ] {
            let link = Address::of_link_into(shop, text).map(|link| link.to_string());
            assert_eq!(link.as_deref(), Some(address), "{text}");
        }
        assert_eq!(Address::of_link_into(shop, "//evil.example/products/x"), None);
        let link = Address::of_link_into(None, "/fr/products/x").map(|link| link.to_string());
        assert_eq!(link.as_deref(), Some("/fr/products/x"), "this host sells it");
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
