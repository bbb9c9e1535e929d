//! Shopify's side: signed queries and signed webhooks.

use std::time::{SystemTime, UNIX_EPOCH};

use capabilities::clock::Clock as _;
use capabilities::jobs::{Filter, Record, State};
use capabilities::signatures::Secrets;
use capabilities::{Capabilities, secrets};
use model::shop::ShopSettings;

use super::host::{Host, HostBuilder};
use super::{Answer, eventually};

pub const SHOP: &str = "magic-wands.myshopify.com";
pub const SECRET: &str = "what Shopify and the app know";
/// A visitor id, as a shopper's browser generates it.
pub const VISITOR: &str = "abcdefghijklmnopqrstuv";
/// The parameters of a visitor who gave consent.
pub const CONSENT: [(&str, &str); 2] = [("visitor", VISITOR), ("consent", "1")];

/// Configures a host that serves a shop on Shopify.
pub fn shop() -> HostBuilder {
    with_secrets(&[("SHOPIFY_API_SECRET", SECRET)])
}

/// Configures such a host with these variables.
pub fn with_secrets(variables: &'static [(&'static str, &'static str)]) -> HostBuilder {
    let shop = ShopSettings {
        name: "Magic Wands".to_owned(),
        url: Some(format!("https://{SHOP}")),
        ..ShopSettings::default()
    };
    let known = secrets::named(|name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    });
    Host::builder().settings(|settings| drop(settings.shops.insert(SHOP.to_owned(), shop))).backends(
        move |capabilities: &mut Capabilities| {
            capabilities.signatures = std::sync::Arc::new(Secrets::new([7; 32], known));
        },
    )
}

/// Returns a target as Shopify forwards it: with its own parameters, the shopper's, and the signature of all.
pub fn signed(path: &str, own: &[(&str, &str)], now_s: u64) -> String {
    let timestamp = now_s.to_string();
    let of_shopify = [
        ("shop", SHOP),
        ("logged_in_customer_id", ""),
        ("path_prefix", "/apps/wand"),
        ("timestamp", &timestamp),
    ];
    let of_shopify = of_shopify.into_iter().filter(|(name, _)| own.iter().all(|(given, _)| given != name));
    let parameters: Vec<_> = own.iter().copied().chain(of_shopify).collect();
    let signature = signing::proxy(SECRET, &parameters);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters).append_pair("signature", &signature);
    format!("{path}?{}", query.finish())
}

/// Returns this machine's time, for a host without a scripted clock.
#[expect(clippy::disallowed_methods, reason = "the binary under test has the machine's clock")]
pub fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Returns the header fields of a webhook.
pub fn webhook_headers(secret: &str, topic: &str, id: &str, body: &str) -> Vec<(String, String)> {
    let fields = [
        ("hmac-sha256", signing::webhook(secret, body.as_bytes())),
        ("topic", topic.to_owned()),
        ("shop-domain", SHOP.to_owned()),
        ("api-version", "2026-10".to_owned()),
        ("webhook-id", id.to_owned()),
        ("event-id", format!("event-of-{id}")),
    ];
    fields.into_iter().map(|(name, value)| (format!("x-shopify-{name}"), value)).collect()
}

/// Returns all stored data as text, one item per line, to search it for personal data.
pub async fn all_that_is_kept(capabilities: &Capabilities) -> String {
    let mut kept = Vec::new();
    for store in ["UI_CACHE", "GENERATION_QUEUE", "SHOPPER_SESSIONS"] {
        let keys = capabilities.kv.list_keys(store, "", None, 1_000).await;
        for key in keys.expect("the keys are listed") {
            let entry = capabilities.kv.get(store, &key).await.expect("it is read");
            let value = entry.map(|entry| String::from_utf8_lossy(&entry.value).replace('\n', " "));
            kept.push(format!("{store} {key} {}", value.unwrap_or_default()));
        }
    }
    for key in capabilities.blob.list_keys("UI_STORAGE", "", None, 1_000).await.expect("they are listed") {
        let value = capabilities.blob.get("UI_STORAGE", &key).await.expect("it is read");
        let value = value.map(|value| String::from_utf8_lossy(&value).replace('\n', " "));
        kept.push(format!("UI_STORAGE {key} {}", value.unwrap_or_default()));
    }
    let jobs = capabilities.jobs.list(Filter::default(), 1_000).await;
    for job in jobs.expect("they are listed").iter().filter(|job| !waits_for_what_is_late(capabilities, job))
    {
        kept.push(format!("job {} {:?} {}", job.key, job.error, String::from_utf8_lossy(&job.payload)));
    }
    kept.join("\n")
}

/// Returns whether a job is a redaction that has left its record, and waits for minutes to delete once more what came
/// late. It names its customer until then.
fn waits_for_what_is_late(capabilities: &Capabilities, job: &Record) -> bool {
    const MINUTES_MS: u64 = 2 * 60_000;
    job.state == State::Queued && job.due_ms > capabilities.clock.now_ms() + MINUTES_MS
}

/// Waits until no job is left to do, except for what a redaction does minutes later.
pub async fn idle(capabilities: &Capabilities) {
    let idle = async || {
        let jobs = capabilities.jobs.list(Filter::default(), 1_000).await.expect("they are listed");
        let is_left = |job: &Record| job.state.is_live() && !waits_for_what_is_late(capabilities, job);
        (!jobs.iter().any(is_left)).then_some(())
    };
    eventually("jobs are done", idle).await;
}

impl Host {
    fn now_s(&self) -> u64 {
        self.controls.clock.now_ms() / 1_000
    }

    /// Sends a theme's request through the app proxy.
    pub async fn proxy(&self, path: &str, own: &[(&str, &str)]) -> Answer {
        self.get(&signed(path, own, self.now_s())).await
    }

    /// Requests the theme's block for a visitor who gave consent.
    pub async fn fragment(&self) -> Answer {
        self.proxy("/proxy/fragment", &CONSENT).await
    }

    /// Waits until the page of a theme's visitor is made or has failed, and returns its state.
    pub async fn ready(&self, own: &[(&str, &str)]) -> String {
        loop {
            let own: Vec<_> = own.iter().copied().chain([("wait", "20")]).collect();
            let state = self.proxy("/proxy/status", &own).await.json("state");
            if state != "queued" && state != "running" {
                return state.as_str().expect("a status").to_owned();
            }
        }
    }

    /// Sends a report of a theme's script.
    pub async fn report(&self, own: &[(&str, &str)], nonce: &str, events: &'static str) -> Answer {
        let own: Vec<_> = own.iter().copied().chain([("nonce", nonce)]).collect();
        let target = signed("/proxy/track", &own, self.now_s());
        self.request(|client, host| {
            client.post(host + &target).header("content-type", "application/json").body(events)
        })
        .await
    }

    /// Sends a webhook as Shopify.
    pub async fn webhook(&self, topic: &str, id: &str, body: &str) -> Answer {
        self.webhook_signed(SECRET, topic, id, body).await
    }

    pub async fn webhook_signed(&self, secret: &str, topic: &str, id: &str, body: &str) -> Answer {
        let headers = webhook_headers(secret, topic, id, body);
        let body = body.to_owned();
        self.request(|client, host| {
            let request = client.post(host + "/webhooks").body(body);
            headers.into_iter().fold(request, |request, (name, value)| request.header(name, value))
        })
        .await
    }

    /// Returns the keys of a key-value store.
    pub async fn keys(&self, store: &str) -> Vec<String> {
        let kv = &self.deployment.capabilities.kv;
        kv.list_keys(store, "", None, 1_000).await.expect("the keys are listed")
    }

    /// Returns all stored data as text, to search it for personal data.
    pub async fn all_that_is_kept(&self) -> String {
        all_that_is_kept(&self.deployment.capabilities).await
    }

    /// Waits until no job is left to do, so that all finished jobs are also completed.
    pub async fn idle(&self) {
        idle(&self.deployment.capabilities).await;
    }

    /// Lets the time of a deletion pass. Its mark stays for five minutes, so that a page under way is not stored; then the
    /// last part deletes once more and sets the mark for another five.
    pub async fn pass_the_last_part(&self) {
        for _ in 0..2 {
            self.controls.clock.advance(std::time::Duration::from_mins(6));
            self.idle().await;
        }
    }

    /// Waits until a maintenance task has left its audit record.
    pub async fn audited(&self, what: &str) -> String {
        let record = async || {
            let kept = self.all_that_is_kept().await;
            kept.lines().find(|line| line.contains(" audit:") && line.contains(what)).map(str::to_owned)
        };
        eventually(what, record).await
    }
}
