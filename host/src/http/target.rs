//! The shop of a request, which the host needs for counting and for answers when routing fails. It decides nothing else
//! about a request.

use model::ShopId;

/// Returns the shop whose page is requested: the one in `/s/{store}`, or, for pages of the app proxy, the one that
/// Shopify names. It is parsed as in routing, without checking Shopify's signature.
pub fn shop_of(target: &str) -> Option<ShopId> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let shop = match path {
        "/proxy" | "/proxy/" | "/proxy/fragment" => only(query, "shop")?.to_ascii_lowercase(),
        _ => decode(path.strip_prefix("/s/")?)?,
    };
    ShopId::parse(&shop).ok()
}

/// Returns the decoded value of a parameter that occurs exactly once.
fn only(query: &str, name: &str) -> Option<String> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut values =
        pairs.filter(|(given, _)| decode(given).as_deref() == Some(name)).map(|(_, value)| value);
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    decode(value)
}

/// Decodes percent-encoded text (RFC 3986, section 2.1); returns `None` if the encoding is invalid.
fn decode(text: &str) -> Option<String> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' { digit(bytes.next()?)? << 4 | digit(bytes.next()?)? } else { byte });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(target: &str, expected: Option<&str>) {
        assert_eq!(shop_of(target).as_ref().map(ShopId::as_str), expected, "{target}");
    }

    #[test]
    fn the_shop_of_a_page_is_known_whichever_way_it_is_asked_for() {
        check("/s/magic-wands?shopper=a", Some("magic-wands"));
        check("/s/magic%2Dwands", Some("magic-wands"));
        for path in ["/proxy", "/proxy/", "/proxy/fragment"] {
            check(&format!("{path}?x=1&shop=a-b.myshopify.com"), Some("a-b.myshopify.com"));
            check(&format!("{path}?shop=a%2Db.myshopify%2ecom&x=1"), Some("a-b.myshopify.com"));
            check(&format!("{path}?s%68op=A-B.MyShopify.com"), Some("a-b.myshopify.com"));
        }
    }

    #[test]
    fn what_is_no_page_of_one_shop_is_none() {
        for target in [
            "/",
            "/s/",
            "/s/a/b",
            "/s/a%2Fb",
            "/s/Magic-Wands",
            "/s/magic%2wands",
            "/s/a%ff",
            "/proxy",
            "/proxy?shop=",
            "/proxy?shop=a:b",
            "/proxy?shop=a%3Ab",
            "/proxy?shop=a&shop=b",
            "/proxy?shop=a&s%68op=b",
            "/proxy?xshop=a",
            "/proxy/status?shop=a.myshopify.com",
            "/webhooks?shop=a",
        ] {
            check(target, None);
        }
    }
}
