//! Shopify's signatures, for tests and for the simulated shop.
//!
//! Written from Shopify's documentation, independently of the code that checks signatures.
//!
//! ```
//! let mac = signing::mac("hush", b"shop=magic-wands.myshopify.com");
//! assert_eq!(signing::hex(&mac).len(), 64);
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

/// HMAC-SHA256 of a message under a secret.
///
/// # Panics
///
/// Never: HMAC takes keys of any length.
pub fn mac(secret: &str, message: &[u8]) -> [u8; 32] {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.chain_update(message).finalize().into_bytes().into()
}

/// Two digits for each byte, in lower case.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// RFC 4648, section 4.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The `signature` of an app proxy's request, over its parameters, decoded.
/// <https://shopify.dev/docs/apps/build/online-store/app-proxies/authenticate-app-proxies>
pub fn proxy<T: AsRef<str>>(secret: &str, query: &[(T, T)]) -> String {
    let mut keys: Vec<_> = query.iter().map(|(key, _)| key.as_ref()).collect();
    keys.sort_unstable();
    keys.dedup();
    let joined = |key: &str| {
        let values = query.iter().filter(|(other, _)| other.as_ref() == key).map(|(_, value)| value.as_ref());
        format!("{key}={}", values.collect::<Vec<_>>().join(","))
    };
    let mut parts: Vec<_> = keys.into_iter().map(joined).collect();
    parts.sort();
    hex(&mac(secret, parts.concat().as_bytes()))
}

/// The `hmac` of the address under which the admin opens an app, over its parameters, decoded.
pub fn launch<T: AsRef<str>>(secret: &str, query: &[(T, T)]) -> String {
    let mut parts: Vec<_> =
        query.iter().map(|(key, value)| format!("{}={}", key.as_ref(), value.as_ref())).collect();
    parts.sort();
    hex(&mac(secret, parts.join("&").as_bytes()))
}

/// The signature of a webhook's body.
pub fn webhook(secret: &str, body: &[u8]) -> String {
    base64(&mac(secret, body))
}

/// The claims of a session token that is valid for a minute.
pub fn claims(key: &str, shop: &str, now_s: u64) -> Value {
    json!({
        "iss": format!("https://{shop}/admin"), "dest": format!("https://{shop}"), "aud": key, "sub": "42",
        "exp": now_s + 60, "nbf": now_s, "iat": now_s, "jti": format!("jti-{now_s}"), "sid": "simulated-session",
    })
}

/// A session token like App Bridge's.
pub fn session_token(secret: &str, claims: &Value) -> String {
    token(secret, &json!({ "alg": "HS256", "typ": "JWT" }), claims)
}

/// A JSON web token (RFC 7519) with HMAC-SHA256, whatever its header says.
pub fn token(secret: &str, header: &Value, claims: &Value) -> String {
    let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(mac(secret, signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// The claims of a session token that is good for this app now.
pub fn read_session_token(secret: &str, key: &str, token: &str, now_s: u64) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    if URL_SAFE_NO_PAD.encode(mac(secret, signed.as_bytes())) != signature {
        return None;
    }
    let claims: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?).ok()?;
    let is_good = claims.get("aud")?.as_str()? == key && claims.get("exp")?.as_u64()? > now_s;
    is_good.then_some(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Vec<(String, String)> {
        form_urlencoded::parse(text.as_bytes()).into_owned().collect()
    }

    #[test]
    fn the_example_of_the_documentation_is_signed_as_it_says() {
        let query = query(
            "extra=1&extra=2&shop=shop-name.myshopify.com&logged_in_customer_id=1\
             &path_prefix=%2Fapps%2Fawesome_reviews&timestamp=1317327555",
        );
        let expected = "4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb";
        assert_eq!(proxy("hush", &query), expected);
    }

    #[test]
    fn a_session_token_is_good_for_its_app_and_its_minute() {
        let token = session_token("secret", &claims("key", "a.myshopify.com", 1000));
        let dest = |key: &str, now_s| {
            read_session_token("secret", key, &token, now_s).map(|claims| claims["dest"].clone())
        };
        assert_eq!(dest("key", 1059), Some("https://a.myshopify.com".into()));
        assert_eq!(dest("key", 1060), None);
        assert_eq!(dest("other", 1000), None);
        assert_eq!(read_session_token("other", "key", &token, 1000), None);
    }
}
