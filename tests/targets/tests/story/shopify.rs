//! Shopify's side: signed app-proxy requests and signed webhooks.

use std::time::{SystemTime, UNIX_EPOCH};

use targets::Request;

/// The shop that is connected.
pub const DOMAIN: &str = "tea-house.myshopify.com";
/// The app's secret.
pub const SECRET: &str = "hush of the tea house";

/// How a request is signed, when it is sent.
#[derive(Debug, Clone, Copy)]
pub enum Signing {
    /// A shopper's request, which Shopify signed this many seconds ago.
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
                let signature = signing::webhook(secret, &request.body);
                signed.headers.push(("x-shopify-hmac-sha256", signature));
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

/// The target with the parameters that Shopify adds. No value needs escaping.
fn passed_on(target: &str, timestamp_s: u64, secret: &str) -> String {
    let signed = format!("{target}&timestamp={timestamp_s}");
    let (_, query) = signed.split_once('?').unwrap_or_default();
    let parameters: Vec<_> = query.split('&').filter_map(|parameter| parameter.split_once('=')).collect();
    format!("{signed}&signature={}", signing::proxy(secret, &parameters))
}
