//! Webhooks: signed, with either family of headers, and retried until they are accepted.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::shop::{Shop, timestamp};

/// The maximum number of attempts. Shopify retries 8 times in 4 hours; here that takes seconds.
const TRIES: u32 = 9;
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// How long an app may take to respond.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// The family of a webhook's headers.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Family {
    /// `X-Shopify-…`.
    #[default]
    Classic,
    /// `shopify-…`, used by events since 2026-10.
    Next,
}

/// How to send a webhook.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct How {
    #[serde(default)]
    pub(crate) family: Family,
    /// The id, to send a webhook again.
    pub(crate) id: Option<String>,
    /// Another secret to sign with.
    pub(crate) secret: Option<String>,
    /// Whether to send it only once, without retries.
    #[serde(default)]
    pub(crate) once: bool,
}

/// The outcome of a webhook.
#[derive(Debug, Serialize)]
pub(crate) struct Delivery {
    pub(crate) id: String,
    pub(crate) attempts: u32,
    /// The last status; 0 if there was no response.
    pub(crate) status: u16,
}

pub(crate) async fn send(shop: &Shop, topic: &str, payload: &Value, how: How) -> Delivery {
    let id = how.id.clone().unwrap_or_else(|| shop.state().issue("webhook"));
    let message = Message { topic, body: payload.to_string(), triggered_at: timestamp() };
    let mut delivery = Delivery { id, attempts: 0, status: 0 };
    let mut pause = FIRST_PAUSE;
    while delivery.attempts < if how.once { 1 } else { TRIES } {
        delivery.attempts += 1;
        delivery.status = attempt(shop, &message, &delivery.id, &how).await;
        if (200..300).contains(&delivery.status) {
            break;
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    delivery
}

/// The parts of a webhook that are the same for every attempt.
struct Message<'a> {
    topic: &'a str,
    body: String,
    triggered_at: String,
}

async fn attempt(shop: &Shop, message: &Message<'_>, id: &str, how: &How) -> u16 {
    let Message { topic, body, triggered_at } = message;
    let secret = how.secret.as_ref().unwrap_or(&shop.options.api_secret);
    let mut request = shop.http.post(format!("{}/webhooks", shop.options.app)).timeout(ANSWER_TIMEOUT);
    let headers = [
        ("Topic", *topic),
        ("Hmac-SHA256", &signing::webhook(secret, body.as_bytes())),
        ("Shop-Domain", &shop.options.shop),
        ("API-Version", "2026-10"),
        ("Webhook-Id", id),
        ("Triggered-At", triggered_at),
        ("Event-Id", &signing::base64(topic.as_bytes())),
    ];
    let start = match how.family {
        Family::Classic => "X-Shopify-",
        Family::Next => "shopify-",
    };
    for (name, value) in headers {
        request = request.header(format!("{start}{name}"), value);
    }
    let request = request.header("content-type", "application/json").body(body.clone());
    request.send().await.map_or(0, |answer| answer.status().as_u16())
}

/// Returns the generic body that Shopify sends for a topic.
pub(crate) fn payload(shop: &Shop, topic: &str) -> Value {
    let domain = &shop.options.shop;
    let customer = json!({ "id": 7001, "email": "shopper@example.com", "phone": null });
    match topic {
        "customers/data_request" => json!({
            "shop_id": 954_889, "shop_domain": domain, "customer": customer, "orders_requested": [],
            "data_request": { "id": 9999 },
        }),
        "customers/redact" => json!({
            "shop_id": 954_889, "shop_domain": domain, "customer": customer, "orders_to_redact": [],
        }),
        "shop/redact" => json!({ "shop_id": 954_889, "shop_domain": domain }),
        _ => json!({ "id": 954_889, "name": "Magic Wands", "domain": domain, "myshopify_domain": domain }),
    }
}
