//! Webhooks: their signature, shop and topic.
//!
//! There are two families of headers: `X-Shopify-*` for webhooks, and `shopify-*` for the events that API 2026-10
//! introduced. If both are present, Shopify's own library reads those of events. Only the body is signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::payload::ShopOfBody;
use crate::time::milliseconds;
pub use crate::topic::Topic;
use crate::{MAC_BYTES, Rejection, ShopDomain};

/// The longest header value, in bytes: longer than any of Shopify's.
const HEADER_BYTES_MAX: usize = 256;

/// A webhook with a verified signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The topic.
    pub topic: Topic,
    /// The shop: the one in the signed body or, without one, the one in the header.
    pub shop: ShopDomain,
    /// Whether the body names the shop. If not, anyone who has another webhook may have put the shop's name into
    /// the header.
    pub is_named_by_body: bool,
    /// The shop in the header, if it differs. After a shop's domain changes, Shopify sends both domains for a
    /// while. The header is not signed, so this may be another shop.
    pub also: Option<ShopDomain>,
    /// Shopify's number of the shop, if the body has it.
    pub number: Option<u64>,
    /// The id of the delivery, which stays the same if Shopify sends it again. Printable ASCII without spaces.
    pub id: String,
    /// When the event happened, in milliseconds since the epoch, if the header says so. Shopify resends a webhook
    /// unchanged for hours. This time is not signed.
    pub triggered_ms: Option<u64>,
    /// The family of the headers.
    pub family: Family,
}

/// The family of a webhook's headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `X-Shopify-*`.
    Classic,
    /// `shopify-*`, of next-generation events.
    Events,
}

impl Family {
    /// Returns the prefix of the header names, in lower case.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Classic => "x-shopify-",
            Self::Events => "shopify-",
        }
    }
}

impl Webhook {
    /// Verifies a webhook from its headers, which are looked up by name in lower case, and its raw body. The body
    /// may have any content except none (see [`crate::payload::check_shop_and_topic`]). The signature is checked
    /// before anything else in headers and body.
    pub fn verify(
        header: impl Fn(&str) -> Option<String>,
        body: &[u8],
        check: impl Fn(&[u8], &[u8]) -> bool,
    ) -> Result<Self, Rejection> {
        let (family, mac) = signature(&header)?;
        if !check(body, &mac) {
            return Err(Rejection::Forged);
        }
        Self::read(family, |name| header(&format!("{}{name}", family.prefix())), body)
    }

    /// Reads the headers of one family. All headers that Shopify's libraries require must be there. If the body
    /// names the shop, the shop's header may be missing, or contain the shop's own domain
    /// (<https://community.shopify.com/t/why-is-my-uninstall-webhook-receiving-incorrect-shop-value/234725>).
    fn read(family: Family, header: impl Fn(&str) -> Option<String>, body: &[u8]) -> Result<Self, Rejection> {
        if body.is_empty() {
            return Err(Rejection::Malformed("body"));
        }
        let word = |name, header: Option<String>| header.filter(is_word).ok_or(Rejection::Malformed(name));
        let topic = Topic::of(&word("topic", header("topic"))?, header("action").as_deref());
        let ShopOfBody { domain: signed, number } = ShopOfBody::read(body, &topic);
        let told = word("shop-domain", header("shop-domain"));
        let told = told.and_then(|told| ShopDomain::parse(&told).map_err(|_| Rejection::NotAShop));
        let is_named_by_body = signed.is_some();
        let (shop, also) = match (signed, told) {
            (Some(signed), told) => (signed.clone(), told.ok().filter(|told| *told != signed)),
            (None, told) => (told?, None),
        };
        if family == Family::Events {
            word("event-id", header("event-id"))?;
        }
        word("api-version", header("api-version"))?;
        Ok(Self {
            topic,
            shop,
            is_named_by_body,
            also,
            number,
            id: word("webhook-id", header("webhook-id"))?,
            triggered_ms: header("triggered-at").and_then(|text| milliseconds(&text)),
            family,
        })
    }
}

/// Returns the family and the MAC of a webhook, so that a request without them is rejected before its body is read.
pub fn signature(header: impl Fn(&str) -> Option<String>) -> Result<(Family, [u8; MAC_BYTES]), Rejection> {
    let code = |family: Family| header(&format!("{}hmac-sha256", family.prefix()));
    let found =
        [Family::Events, Family::Classic].into_iter().find_map(|family| Some((family, code(family)?)));
    let (family, text) = found.ok_or(Rejection::Forged)?;
    let bytes = Some(text).filter(is_word).and_then(|text| STANDARD.decode(text).ok());
    let mac = bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(Rejection::Forged)?;
    Ok((family, mac))
}

#[expect(clippy::ptr_arg, reason = "it is a filter of an Option<String>")]
fn is_word(text: &String) -> bool {
    (1..=HEADER_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
