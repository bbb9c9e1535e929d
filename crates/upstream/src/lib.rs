//! Requests to services that a deployment names: their address, their headers, and the meaning of an answer. No I/O.
//!
//! There is one upstream: `storefront`, a shop's Storefront API (<https://shopify.dev/docs/api/storefront>). A
//! component names the upstream and a shop; address and token are added here.
//!
//! ```
//! use upstream::{STOREFRONT, UpstreamCall};
//!
//! let shop = "magic-wands.myshopify.com";
//! let call = UpstreamCall { upstream: STOREFRONT, shop, origin: None, token: None, buyer: None };
//! let request = call.request()?;
//! assert_eq!(request.url, "https://magic-wands.myshopify.com/api/2026-10/graphql.json");
//! # Ok::<(), upstream::Error>(())
//! ```

mod retry_after;

use std::net::IpAddr;
use std::time::Duration;

use secrets::Secret;

pub use retry_after::retry_after;

/// The largest part of an answer that is read, in bytes: 4 MiB.
pub const ANSWER_BYTES_MAX: usize = 4 << 20;
/// The name of the only upstream.
pub const STOREFRONT: &str = "storefront";
/// The version of the Storefront API.
const API_VERSION: &str = "2026-10";
/// The end of every shop's own domain.
const SHOP_DOMAIN: &str = ".myshopify.com";
/// The longest label of a domain name (RFC 1035, section 2.3.4).
const LABEL_BYTES_MAX: usize = 63;

/// A component's request to an upstream.
#[derive(Debug, Clone, Copy)]
pub struct UpstreamCall<'a> {
    /// The upstream's name.
    pub upstream: &'a str,
    /// The shop.
    pub shop: &'a str,
    /// The origin that replaces the shop's own address, such as `http://127.0.0.1:9000`.
    pub origin: Option<&'a str>,
    /// The shop's private token, if there is one.
    pub token: Option<&'a Secret>,
    /// The address of the shopper on whose behalf the upstream is asked, if it is known.
    pub buyer: Option<IpAddr>,
}

/// A POST request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The address.
    pub url: String,
    token: Option<Secret>,
    buyer: Option<String>,
}

/// An answer, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// How long to wait before the next request, if the upstream said so.
    pub retry_after_ms: Option<u64>,
    /// The content.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no upstream of that name, or none for that shop. This is a mistake to report.
    #[error("there is no such upstream for this shop")]
    NoSuchUpstream,
    /// No answer in time: go on without it, or try later.
    #[error("the upstream did not answer in time")]
    Timeout,
    /// The answer is over this limit, in bytes: ask for less.
    #[error("the upstream's answer is over the limit of {0} bytes")]
    TooLarge(u64),
    /// The upstream was not reached, or the connection broke: go on without it, or try later. The text holds no
    /// secret.
    #[error("the upstream is unavailable: {0}")]
    Unavailable(String),
}

impl UpstreamCall<'_> {
    /// Builds the request.
    pub fn request(&self) -> Result<Request, Error> {
        if self.upstream != STOREFRONT {
            return Err(Error::NoSuchUpstream);
        }
        let origin = match self.origin {
            Some(origin) => origin.to_owned(),
            None if is_shop_domain(self.shop) => format!("https://{}", self.shop),
            None => return Err(Error::NoSuchUpstream),
        };
        if self.token.is_some_and(|token| !token.expose().bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Error::Unavailable(
                "the shop's token has characters that a header field cannot hold".to_owned(),
            ));
        }
        Ok(Request {
            url: format!("{origin}/api/{API_VERSION}/graphql.json"),
            token: self.token.cloned(),
            buyer: self.buyer.map(|address| address.to_string()),
        })
    }
}

impl Request {
    /// Returns the header fields, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let token = self.token.as_ref().map(|token| ("shopify-storefront-private-token", token.expose()));
        let buyer = self.buyer.as_deref().map(|address| ("shopify-storefront-buyer-ip", address));
        let json = [("content-type", "application/json"), ("accept", "application/json")];
        json.into_iter().chain(token).chain(buyer)
    }
}

impl Answer {
    /// Reads what an upstream sent; `retry_after_header` is the value of that header field.
    pub fn read(status: u16, retry_after_header: Option<&str>, body: Vec<u8>, now_ms: u64) -> Self {
        let after = retry_after_header.and_then(|header| retry_after(header, now_ms));
        Self { status, retry_after_ms: after.map(millis), body }
    }
}

/// Returns a duration in whole milliseconds.
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Returns whether a text is a shop's own domain: one label of lower-case letters, digits and inner hyphens before
/// `.myshopify.com`. A text that only looks like one must never be sent a token.
///
/// This is stricter than `ShopDomain` of the crate `shopify`: it refuses the shops of Shopify's developers, and names
/// that Shopify's libraries accept and no merchant can have (`tests/domains.rs`).
pub fn is_shop_domain(text: &str) -> bool {
    let Some(label) = text.strip_suffix(SHOP_DOMAIN) else { return false };
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LABEL_BYTES_MAX).contains(&label.len())
        && label.bytes().all(fits)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "magic-wands.myshopify.com";

    fn call<'a>(shop: &'a str, token: Option<&'a Secret>) -> UpstreamCall<'a> {
        UpstreamCall { upstream: STOREFRONT, shop, origin: None, token, buyer: None }
    }

    #[test]
    fn a_shop_is_asked_at_its_own_domain_with_its_token_and_its_shopper() {
        let token = Secret::new("shpat_hush");
        let buyer = Some(IpAddr::from([203, 0, 113, 7]));
        let request = UpstreamCall { buyer, ..call(SHOP, Some(&token)) }.request().unwrap();
        assert_eq!(request.url, "https://magic-wands.myshopify.com/api/2026-10/graphql.json");
        let headers: Vec<_> = request.headers().collect();
        assert!(headers.contains(&("content-type", "application/json")));
        assert!(headers.contains(&("shopify-storefront-private-token", "shpat_hush")));
        assert!(headers.contains(&("shopify-storefront-buyer-ip", "203.0.113.7")));
        assert!(!format!("{request:?}").contains("hush"), "a token is not printed");
    }

    #[test]
    fn without_a_token_none_is_sent() {
        let request = call(SHOP, None).request().unwrap();
        assert!(request.headers().all(|(name, _)| !name.starts_with("shopify-")));
    }

    #[test]
    fn another_origin_stands_in_for_every_shop() {
        let request =
            UpstreamCall { origin: Some("http://127.0.0.1:9000"), ..call("lamps", None) }.request().unwrap();
        assert_eq!(request.url, "http://127.0.0.1:9000/api/2026-10/graphql.json");
    }

    #[test]
    fn lookalike_domains_are_never_requested() {
        for shop in [
            "magic-wands",
            "magic-wands.example",
            "myshopify.com",
            ".myshopify.com",
            "a.b.myshopify.com",
            "magic-wands.myshopify.com.evil.example",
            "evil.example/magic-wands.myshopify.com",
            "evil@magic-wands.myshopify.com",
            "Magic.myshopify.com",
            "-a.myshopify.com",
            "a-.myshopify.com",
            "",
        ] {
            assert_eq!(call(shop, None).request(), Err(Error::NoSuchUpstream), "{shop:?}");
        }
        let other = UpstreamCall { upstream: "admin", ..call(SHOP, None) };
        assert_eq!(other.request(), Err(Error::NoSuchUpstream));
    }

    #[test]
    fn a_token_that_would_break_the_head_is_not_sent() {
        let token = Secret::new("a\r\nhost: evil.example");
        assert!(matches!(call(SHOP, Some(&token)).request(), Err(Error::Unavailable(_))));
    }

    #[test]
    fn an_answer_says_how_long_to_wait() {
        let answer = |header| Answer::read(429, header, Vec::new(), 0).retry_after_ms;
        assert_eq!((answer(Some("2")), answer(Some("soon")), answer(None)), (Some(2_000), None, None));
    }
}
