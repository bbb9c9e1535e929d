//! Shopify, as it speaks to an app: it signs what shoppers ask through a shop, and sends webhooks. Written from
//! its documentation, apart from the code that checks it.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use targets::Request;

/// The shop that is connected.
pub const DOMAIN: &str = "tea-house.myshopify.com";
/// The app's secret.
pub const SECRET: &str = "hush of the tea house";

/// How a request is signed, when it is sent.
#[derive(Debug, Clone, Copy)]
pub enum Signing {
    /// A shopper's request, which Shopify passed on so many seconds ago.
    Proxy { age_s: u64 },
    /// Likewise, with a secret that is not the app's.
    ForgedProxy,
    /// A webhook, by its body.
    Webhook { secret: &'static str },
}

impl Signing {
    /// The request with its signature.
    pub fn sign(self, request: &Request) -> Request {
        let mut signed = request.clone();
        match self {
            Self::Proxy { age_s } => signed.target = passed_on(&request.target, now_s() - age_s, SECRET),
            Self::ForgedProxy => signed.target = passed_on(&request.target, now_s(), "a guess"),
            Self::Webhook { secret } => {
                let mac = STANDARD.encode(mac(secret, &request.body));
                signed.headers.push(("x-shopify-hmac-sha256", mac));
            }
        }
        signed
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "Shopify has a clock of its own, and hosts compare it with theirs"
)]
fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The target with what Shopify adds. No value here needs an escape.
fn passed_on(target: &str, timestamp_s: u64, secret: &str) -> String {
    let signed = format!("{target}&timestamp={timestamp_s}");
    let (_, query) = signed.split_once('?').unwrap_or_default();
    let mut parameters: Vec<_> = query.split('&').filter(|parameter| !parameter.is_empty()).collect();
    parameters.sort_unstable();
    format!("{signed}&signature={}", hex(&mac(secret, parameters.concat().as_bytes())))
}

fn mac(secret: &str, message: &[u8]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|d| char::from_digit(d.into(), 16))
        .collect()
}
