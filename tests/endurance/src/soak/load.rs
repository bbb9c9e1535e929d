//! A mixed load at a modest rate, and how long each kind of request takes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use tokio::task::JoinSet;

use crate::shop::{SECRET, SHOP};
use crate::shopper::Shoppers;

/// Those who were there before return this often, each of so many.
const HITS: Duration = Duration::from_millis(60);
const REGULARS: u64 = 400;
/// Shoppers who never came before arrive this often. Every other one waits by long polling, the others by
/// server-sent events.
const NEWCOMERS: Duration = Duration::from_millis(500);
const REPORTS: Duration = Duration::from_millis(300);
const WEBHOOKS: Duration = Duration::from_secs(20);
/// How often all pages become stale.
const BUMPS: Duration = Duration::from_mins(1);
/// How many times the script of a page asks for its state without learning it, and how long it pauses.
const ASKS_MAX: usize = 10;
const PAUSE: Duration = Duration::from_secs(1);

/// The kinds of request, as the table names them.
pub const KINDS: [&str; 5] = ["page again", "first page", "page ready", "report", "webhook"];

/// The load. It ends when this is dropped.
pub struct Load {
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

struct Shared {
    address: String,
    shoppers: Shoppers,
    client: reqwest::Client,
    noticed: Mutex<Noticed>,
    /// The newest shopper whose page is made.
    newest: AtomicU64,
}

/// The observations of a span of time.
#[derive(Debug, Default)]
pub struct Noticed {
    /// How long requests took, by kind.
    pub took: BTreeMap<&'static str, Vec<Duration>>,
    /// Answers that were not as they have to be.
    pub wrong: Vec<String>,
}

impl Load {
    /// Starts the load on a server.
    pub fn start(address: &str) -> anyhow::Result<Self> {
        let shared = Arc::new(Shared {
            address: address.to_owned(),
            shoppers: Shoppers::new(SHOP)?,
            client: reqwest::Client::new(),
            noticed: Mutex::default(),
            newest: AtomicU64::new(1),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(every(shared.clone(), HITS, async |shared, turn| {
            let newest = shared.newest.load(Ordering::Relaxed);
            let shopper = newest.saturating_sub(turn % REGULARS).max(1);
            shared.timed("page again", shared.shoppers.visit(&shared.address, &name(shopper))).await;
        }));
        tasks.spawn(every(shared.clone(), NEWCOMERS, async |shared, turn| shared.newcomer(turn).await));
        tasks.spawn(every(shared.clone(), REPORTS, async |shared, turn| {
            let newest = shared.newest.load(Ordering::Relaxed);
            let shopper = name(newest.saturating_sub(turn * 7 % REGULARS).max(1));
            let events =
                r#"[{"type":"visit"},{"type":"search","term":"oak"},{"type":"filter","value":"wands"}]"#;
            shared.timed("report", shared.shoppers.report(&shared.address, &shopper, events)).await;
        }));
        tasks.spawn(every(shared.clone(), WEBHOOKS, async |shared, turn| {
            shared.timed("webhook", shared.webhook(turn)).await;
        }));
        tasks.spawn(every(shared.clone(), BUMPS, async |shared, _| {
            if let Err(error) = shared.shoppers.bump(&shared.address).await {
                shared.wrong(format!("a bump: {error:#}"));
            }
        }));
        Ok(Self { shared, _tasks: tasks })
    }

    /// Returns what was noticed since the last call.
    pub fn noticed(&self) -> Noticed {
        std::mem::take(&mut self.shared.noticed())
    }
}

/// Sends a request at each interval, whether or not the last one is answered.
async fn every<F>(shared: Arc<Shared>, interval: Duration, send: impl Fn(Arc<Shared>, u64) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for turn in 0.. {
        ticks.tick().await;
        tokio::spawn(send(shared.clone(), turn));
    }
}

impl Shared {
    fn noticed(&self) -> MutexGuard<'_, Noticed> {
        self.noticed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wrong(&self, what: String) {
        self.noticed().wrong.push(what);
    }

    async fn timed<T>(
        &self,
        kind: &'static str,
        request: impl Future<Output = anyhow::Result<T>>,
    ) -> Option<T> {
        let began = Instant::now();
        match request.await {
            Ok(answer) => {
                self.noticed().took.entry(kind).or_default().push(began.elapsed());
                Some(answer)
            }
            Err(error) => {
                self.wrong(format!("{kind}: {error:#}"));
                None
            }
        }
    }

    /// A shopper comes for the first time, and waits for the page that is promised.
    async fn newcomer(&self, number: u64) {
        let shopper = name(number + 1);
        let (address, shoppers) = (&self.address, &self.shoppers);
        let first = self.timed("first page", shoppers.visit(address, &shopper)).await;
        if !first.is_some_and(|page| page.is_promised) {
            return;
        }
        let by_events = !number.is_multiple_of(2);
        let state = self.timed("page ready", self.ready(&shopper, by_events)).await;
        match state.as_deref() {
            Some("ready") => drop(self.newest.fetch_max(number + 1, Ordering::Relaxed)),
            Some(state) => self.wrong(format!("the page of {shopper} is {state}")),
            None => {}
        }
    }

    /// Waits for a page as the page's script does: it asks again if the state is not known, or has not changed.
    async fn ready(&self, shopper: &str, by_events: bool) -> anyhow::Result<String> {
        for _ in 0..ASKS_MAX {
            let state = if by_events {
                self.shoppers.listen(&self.address, shopper).await?
            } else {
                self.shoppers.state(&self.address, shopper, 20).await?
            };
            if !["queued", "running", "unknown", "ended"].contains(&&*state) {
                return Ok(state);
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("no page after {ASKS_MAX} requests for its state")
    }

    /// Shopify reports that a product changed.
    async fn webhook(&self, number: u64) -> anyhow::Result<()> {
        let body = format!(r#"{{"id":{number},"admin_graphql_api_id":"gid://shopify/Product/8001001"}}"#);
        let post = self.client.post(format!("http://{}/webhooks", self.address));
        let post = post
            .header("x-shopify-topic", "products/update")
            .header("x-shopify-shop-domain", SHOP)
            .header("x-shopify-api-version", "2026-10")
            .header("x-shopify-webhook-id", format!("webhook-{number}"))
            .header("x-shopify-hmac-sha256", signing::webhook(SECRET, body.as_bytes()))
            .header("content-type", "application/json");
        let status = post.body(body).send().await?.status();
        ensure!(status == 200, "a webhook was answered {status}");
        Ok(())
    }
}

fn name(shopper: u64) -> String {
    format!("soak-{shopper}")
}
