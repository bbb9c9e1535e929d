//! Addresses that are allowed in a document. An address of any other form is ignored.

use std::fmt;

/// The paths of products and collections in every Shopify shop.
const SHOP_PATHS: [&str; 2] = ["/products/", "/collections/"];

/// Shopify's languages, in lower case (`LanguageCode` of its Storefront API:
/// <https://shopify.dev/docs/api/storefront/latest/enums/LanguageCode>), without those that differ by region only.
const LANGUAGES: &str = "\
    af ak am ar as az be bg bm bn bo br bs ca ce ckb cs cu cy da de dz ee el en eo es et eu fa ff fi fil fo fr fy ga gd gl \
    gu gv ha he hi hr hu hy ia id ig ii is it ja jv ka ki kk kl km kn ko ks ku kw ky la lb lg ln lo lt lu lv mg mi mk ml mn \
    mo mr ms mt my nb nd ne nl nn no om or os pa pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sn so sq sr su sv sw \
    ta te tg th ti tk to tr tt ug uk ur uz vi vo wo xh yi yo zh zu";

/// An address that a document may link to or load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    /// The address of the shop, which `text` is a path in; empty if `text` is the whole address.
    shop: &'a str,
    text: &'a str,
}

impl<'a> Address<'a> {
    /// Accepts the target of a link: `https://…`, `http://…`, `/…` on this host, or `#…` on this page.
    pub fn of_link(text: &'a str) -> Option<Self> {
        let fits = is_web(text) || is_on_this_host(text) || text.starts_with('#');
        (fits && !is_rewritten_by_browsers(text)).then_some(Self::of(text))
    }

    /// Returns the target of a link to a product or a collection. If the shop has pages of its own, a path and a
    /// link to one of the shop's own domains (that of `shop`, and `domain`) become `{shop}/products/…`, without
    /// the market folder that the catalog named. The code that shows the page adds the shopper's folder. A link
    /// to another host stays as it is.
    pub fn of_link_into(shop: Option<Self>, domain: &str, text: &'a str) -> Option<Self> {
        let link = Self::of_link(text)?;
        let Some(shop) = shop else { return Some(link) };
        if is_on_this_host(text) {
            return Some(Self { shop: shop.text, text: shop_path(text).unwrap_or(text) });
        }
        let (host, path) = host_and_path(text);
        let is_own = [host_and_path(shop.text).0, domain].iter().any(|own| own.eq_ignore_ascii_case(host));
        let path = shop_path(path).filter(|_| is_own);
        Some(path.map_or(link, |text| Self { shop: shop.text, text }))
    }

    /// Accepts the source of an image: `https://…`, `/…` on this host, or `data:image/…`. The content security
    /// policy allows the same.
    pub fn of_picture(text: &'a str) -> Option<Self> {
        if starts_with(text, "data:image/") {
            return (!text.contains(char::is_control)).then_some(Self::of(text));
        }
        let fits = starts_with(text, "https://") || is_on_this_host(text);
        (fits && !is_rewritten_by_browsers(text)).then_some(Self::of(text))
    }

    /// Returns the place on this page that the address leads to.
    pub fn fragment(self) -> Option<&'a str> {
        self.text.strip_prefix('#').filter(|fragment| !fragment.is_empty())
    }

    /// Accepts the base address of a shop's own pages: `https://…` or `http://…`.
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

/// Encodes a search term as the value of a query parameter (RFC 3986, section 2.1).
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

/// Returns the host of a web address, with its port, and the path after it; both empty for any other address.
fn host_and_path(text: &str) -> (&str, &str) {
    let host_on = Some(text).filter(|text| is_web(text)).and_then(|text| text.split_once("//"));
    let host_on = host_on.map_or("", |(_, host_on)| host_on);
    let (host, rest) = host_on.split_at(host_on.find(['/', '?', '#']).unwrap_or(host_on.len()));
    (host, if rest.starts_with('/') { rest } else { "" })
}

/// Returns the path of a product or a collection, without a market's folder (`/fr`, `/en-ca`) before it.
fn shop_path(path: &str) -> Option<&str> {
    let is_shops = |path: &&str| SHOP_PATHS.iter().any(|start| path.starts_with(start));
    let without_folder = || {
        let (folder, _) = path.strip_prefix('/')?.split_once('/')?;
        path.get(1 + folder.len()..).filter(|_| is_market_folder(folder))
    };
    Some(path).filter(is_shops).or_else(|| without_folder().filter(is_shops))
}

/// Returns whether a path segment is a market's folder: a language, with a script or a country or both, such as
/// `fr`, `en-ca` or `zh-hant-hk` (<https://help.shopify.com/en/manual/international/domains>). A merchant may
/// choose another word than the country's code (`subfolderSuffix` of Shopify's `MarketWebPresence`). Such a folder
/// cannot be recognised, and stays.
fn is_market_folder(text: &str) -> bool {
    let is_language = |part: &str| LANGUAGES.split(' ').any(|language| language.eq_ignore_ascii_case(part));
    let is_code =
        |part: &str, bytes| part.len() == bytes && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let parts: Vec<_> = text.split('-').collect();
    match parts[..] {
        [language] => is_language(language),
        [language, other] => is_language(language) && (is_code(other, 2) || is_code(other, 4)),
        [language, script, country] => is_language(language) && is_code(script, 4) && is_code(country, 2),
        _ => false,
    }
}

/// Returns whether a path is on this host. `//host/…` is on another one.
fn is_on_this_host(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//")
}

/// Returns whether a browser would rewrite the text. Browsers drop tabs and line feeds and read `\` as `/` (WHATWG
/// URL, section 4.4), so `/\host` and a broken-up `//host` lead to another host.
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
    fn links_into_a_shop_lead_to_the_shop_whatever_folder_the_catalog_named_and_others_stay() {
        let (shop, domain) = (Address::of_shop("https://wands.example"), "wands.myshopify.com");
        for (text, address) in [
            ("/products/x", "https://wands.example/products/x"),
            ("/products/x?variant=7&a=b#c", "https://wands.example/products/x?variant=7&a=b#c"),
            ("/fr/products/x", "https://wands.example/products/x"),
            ("/en-ca/collections/all/products/x", "https://wands.example/collections/all/products/x"),
            ("https://wands.example/zh-hant-hk/products/x", "https://wands.example/products/x"),
            ("https://wands.myshopify.com/fil/products/x", "https://wands.example/products/x"),
            (
                "HTTPS://WANDS.example/pt-BR/products/x?variant=7",
                "https://wands.example/products/x?variant=7",
            ),
            ("https://wands.example:8443/fr/products/x", "https://wands.example:8443/fr/products/x"),
            ("https://marketplace.example/products/x", "https://marketplace.example/products/x"),
            ("https://marketplace.example/fr/products/x", "https://marketplace.example/fr/products/x"),
            ("https://others.myshopify.com/products/x", "https://others.myshopify.com/products/x"),
            (
                "https://wands.example@evil.example/products/x",
                "https://wands.example@evil.example/products/x",
            ),
            ("/app/products/x", "https://wands.example/app/products/x"),
            ("/web/products/x", "https://wands.example/web/products/x"),
            ("https://wands.example/art/products/x", "https://wands.example/art/products/x"),
            ("/us/products/x", "https://wands.example/us/products/x"),
            ("/tv/collections/all", "https://wands.example/tv/collections/all"),
            ("/en-europe/products/x", "https://wands.example/en-europe/products/x"),
            ("/en-1a/products/x", "https://wands.example/en-1a/products/x"),
            ("/en-ca-hant/products/x", "https://wands.example/en-ca-hant/products/x"),
            ("/pages/about", "https://wands.example/pages/about"),
            ("/pages/products/x", "https://wands.example/pages/products/x"),
            ("https://blog.example/about", "https://blog.example/about"),
            ("https://blog.example?/products/x", "https://blog.example?/products/x"),
            ("#wand", "#wand"),
        ] {
            let link = Address::of_link_into(shop, domain, text).map(|link| link.to_string());
            assert_eq!(link.as_deref(), Some(address), "{text}");
        }
        assert_eq!(Address::of_link_into(shop, domain, "//evil.example/products/x"), None);
        let link = Address::of_link_into(None, domain, "/fr/products/x").map(|link| link.to_string());
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
                // The address as a browser reads it.
                let read = address.to_string().replace(['\t', '\n', '\r'], "").replace('\\', "/");
                let known = ["https://", "http://", "#", "data:image/"].iter().any(|start| read.starts_with(start));
                prop_assert!(known || (read.starts_with('/') && !read.starts_with("//")), "{read:?}");
            }
        }
    }
}
