//! A shop on Shopify that hangs, gives wrong answers or does not exist: shoppers never see an error.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use capabilities::fetch::{Answer, Error, Fetch, Http, NoTokens, Question};
use capabilities::jobs::{Filter, State};
use capabilities::{Capabilities, clock};
use serde_json::json;
use tokio::net::TcpListener;

use crate::harness::shopify::{SHOP, shop};
use crate::harness::{BUSY, Host, eventually};
use crate::recursion::nested;

const ONLINE: &str = "[components.catalog]\nbuiltin = \"shopify\"\n";
/// The longest pause after a failure.
const RESTED: Duration = Duration::from_mins(11);
/// Shoppers never read it.
const WORDS: &str = "words of a shop that is ill";

/// A shop that gives the same scripted answer to every request.
struct Shop {
    says: Mutex<Result<Answer, Error>>,
    asked: AtomicUsize,
    /// Returns how often its products were listed.
    listed: AtomicUsize,
}

#[async_trait]
impl Fetch for Shop {
    async fn post(&self, question: Question) -> Result<Answer, Error> {
        let says = self.says.lock().expect("nobody panics").clone();
        // The demo shop of the harness is not connected.
        let is_ours = question.shop == SHOP;
        self.asked.fetch_add(usize::from(is_ours), Ordering::SeqCst);
        let lists = String::from_utf8_lossy(&question.body).contains("query Products(");
        self.listed.fetch_add(usize::from(is_ours && lists), Ordering::SeqCst);
        says
    }
}

impl Shop {
    fn new(says: Result<Answer, Error>) -> Arc<Self> {
        Arc::new(Self { says: Mutex::new(says), asked: AtomicUsize::new(0), listed: AtomicUsize::new(0) })
    }

    fn say(&self, says: Result<Answer, Error>) {
        *self.says.lock().expect("nobody panics") = says;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    async fn open(self: &Arc<Self>) -> Host {
        self.open_with("").await
    }

    async fn open_with(self: &Arc<Self>, config: &str) -> Host {
        let (shopify, config) = (self.clone(), format!("{ONLINE}{config}"));
        shop().config(&config).backends(move |capabilities| capabilities.fetch = shopify).open().await
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what a shop says")]
fn status(status: u16, body: &str) -> Result<Answer, Error> {
    Ok(Answer { status, retry_after_ms: None, body: body.into() })
}

/// A complete answer for every request: a shop with one product.
fn sells(title: &str) -> Result<Answer, Error> {
    let price = json!({"amount": "49.00", "currencyCode": "EUR"});
    let product = json!({
        "id": "gid://shopify/Product/1", "handle": "wand", "title": title, "description": "Bends before it breaks.",
        "vendor": "Hollow & Thorn", "productType": "Wands", "tags": ["Oak"], "availableForSale": true,
        "featuredImage": null, "priceRange": {"minVariantPrice": price},
        "selectedOrFirstAvailableVariant": {"price": price, "compareAtPrice": null},
    });
    let products = json!({"nodes": [product], "pageInfo": {"hasNextPage": false, "endCursor": null}});
    let itself = json!({"name": "Magic Wands", "moneyFormat": "€{{amount}}", "paymentSettings": {"currencyCode": "EUR"}});
    let data = json!({"products": products, "shop": itself, "collections": {"nodes": []}});
    status(200, &json!({ "data": data }).to_string())
}

/// All answers that are not valid ones.
fn illnesses() -> Vec<Result<Answer, Error>> {
    let throttled = json!({"errors": [{"message": WORDS, "extensions": {"code": "THROTTLED"}}]}).to_string();
    vec![
        Err(Error::Timeout),
        Err(Error::TooLarge(4 << 20)),
        Err(Error::Unavailable(WORDS.into())),
        Err(Error::NoSuchUpstream),
        status(200, ""),
        status(200, "{"),
        status(200, "[]"),
        status(200, &throttled),
        status(401, WORDS),
        status(402, WORDS),
        status(403, WORDS),
        status(429, WORDS),
        status(430, WORDS),
        status(503, WORDS),
    ]
}

impl Host {
    /// Sends a webhook about changed products.
    async fn products_changed(&self, event: &str) {
        let told = self.webhook("products/update", event, r#"{"id":1}"#).await;
        assert_eq!((told.status, told.json("taken")), (200, true.into()), "{}", told.body);
    }

    /// Waits until the shopper's page is current.
    async fn current_page(&self) -> String {
        let current = async || {
            let page = self.fragment().await;
            (page.header("x-cache") == "HIT").then_some(page.body)
        };
        eventually("a current page", current).await
    }
}

#[tokio::test]
async fn a_shop_that_hangs_costs_a_shopper_moments_and_no_page() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let origin = format!("http://{}", listener.local_addr().expect("it is bound"));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let hung = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((connection, _)) = listener.accept().await {
            held.push(connection);
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let host = shop()
        .config(ONLINE)
        .backends(move |capabilities| {
            let http = Http::new(Some(origin), Arc::new(NoTokens), Arc::new(clock::System));
            capabilities.fetch = Arc::new(http.expect("TLS is there"));
        })
        .open()
        .await;
    // The request at the host's start failed, so the shop is in its pause.
    host.controls.clock.advance(RESTED);
    let (before, begun) = (asked.load(Ordering::SeqCst), Instant::now());
    let page = host.fragment().await;
    let took = begun.elapsed();
    assert_eq!((page.status, page.header("x-generated")), (200, "false"), "{}", page.body);
    assert!(asked.load(Ordering::SeqCst) > before, "it was not asked");
    assert!((Duration::from_millis(500)..Duration::from_secs(2) * BUSY).contains(&took), "it took {took:?}");
    hung.abort();
}

#[tokio::test]
async fn a_shopper_gets_a_page_whatever_an_unknown_shop_answers() {
    let shopify = Shop::new(Err(Error::Timeout));
    let host = shopify.open().await;
    for illness in illnesses() {
        shopify.say(illness.clone());
        let before = shopify.asked();
        host.controls.clock.advance(RESTED);
        let page = host.fragment().await;
        assert_eq!((page.status, page.header("x-generated")), (200, "false"), "{illness:?}: {}", page.body);
        assert!(!page.body.contains(WORDS), "{illness:?}: {}", page.body);
        assert!(shopify.asked() > before, "{illness:?}: it was not asked");
    }
    shopify.say(sells("Elder wand"));
    host.controls.clock.advance(RESTED);
    let page = host.fragment().await;
    assert!(page.body.contains("Elder wand"), "{}", page.body);
}

#[tokio::test]
async fn a_shops_answer_may_be_nested() {
    let nested = nested();
    let shopify = Shop::new(sells("Elder wand").map(|answer| {
        let text =
            String::from_utf8_lossy(&answer.body).replacen('{', &format!("{{\"extensions\":{nested},"), 1);
        Answer { body: text.into(), ..answer }
    }));
    let host = shopify.open().await;
    assert!(host.current_page().await.contains("Elder wand"));
}

#[tokio::test]
async fn a_known_shop_keeps_its_products_until_it_recovers() {
    let shopify = Shop::new(sells("Wand of day 0"));
    let host = shopify.open().await;
    assert!(host.current_page().await.contains("Wand of day 0"));
    for (day, illness) in illnesses().into_iter().enumerate() {
        let (before, known) = (shopify.asked(), format!("Wand of day {day}"));
        shopify.say(illness.clone());
        host.products_changed(&format!("w{day}")).await;
        let page = host.fragment().await;
        assert_eq!((page.status, page.header("x-cache")), (200, "STALE"), "{illness:?}: {}", page.body);
        for _ in 0..500 {
            if shopify.asked() > before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(shopify.asked() > before, "{illness:?}: no job asked it");
        let page = host.fragment().await;
        assert_eq!((page.status, page.header("x-cache")), (200, "STALE"), "{illness:?}: {}", page.body);
        assert!(page.body.contains(&known) && !page.body.contains(WORDS), "{illness:?}: {}", page.body);

        shopify.say(sells(&format!("Wand of day {}", day + 1)));
        host.controls.clock.advance(RESTED);
        let page = host.current_page().await;
        assert!(page.contains(&format!("Wand of day {}", day + 1)), "{illness:?}: {page}");
    }
}

/// While another instance waits for the shop's slow answer, a job waits for it, over any number of claims.
#[tokio::test]
async fn a_job_that_waits_for_another_jobs_request_loses_no_attempt() {
    const ASKING: &str = "shopify:magic-wands.myshopify.com:asking_products";
    let shopify = Shop::new(sells("Wand of before"));
    let host = shopify.open_with("[pool]\nattempts_max = 1\n").await;
    host.current_page().await;
    host.idle().await;
    let Capabilities { kv, jobs, .. } = &*host.deployment.capabilities;
    kv.set("UI_CACHE", ASKING, "1".into(), None).await.expect("it is stored");
    shopify.say(sells("Wand of after"));
    host.products_changed("event-1").await;
    host.fragment().await;
    let of_state = async |state| {
        let filter = Filter { state: Some(state), queue: None };
        jobs.list(filter, 10).await.expect("they are listed")
    };
    let came_back_often = async || {
        host.controls.clock.advance(Duration::from_secs(1));
        of_state(State::Queued).await.iter().any(|job| job.claims >= 3).then_some(())
    };
    eventually("a job that came back", came_back_often).await;
    assert_eq!(of_state(State::Dead).await, []);

    kv.delete("UI_CACHE", ASKING).await.expect("it is deleted");
    let current = async || {
        host.controls.clock.advance(Duration::from_secs(1));
        let page = host.fragment().await;
        (page.header("x-cache") == "HIT").then_some(page.body)
    };
    assert!(eventually("a current page", current).await.contains("Wand of after"));
    assert_eq!(of_state(State::Dead).await, []);
}

#[tokio::test]
async fn a_storm_of_webhooks_has_products_listed_once_for_each_move_and_the_last_change_is_seen() {
    let shopify = Shop::new(sells("Wand before the storm"));
    let host = shopify.open().await;
    let visitors: Vec<_> = (0..20).map(|number| format!("visitor-of-the-shop-{number:04}")).collect();
    let page = async |visitor: &String| {
        host.controls.clock.advance(Duration::from_millis(20));
        let page = host.proxy("/proxy/fragment", &[("visitor", visitor.as_str()), ("consent", "1")]).await;
        assert_eq!(page.status, 200, "{}", page.body);
        (page.header("x-cache") == "HIT").then_some(page.body)
    };
    for visitor in &visitors {
        eventually("a page of their own", async || page(visitor).await).await;
    }
    host.idle().await;
    host.controls.clock.advance(RESTED);

    let before = shopify.listed.load(Ordering::SeqCst);
    for change in 0..200 {
        shopify.say(sells(&format!("Wand of change {change}")));
        host.products_changed(&format!("storm-{change}")).await;
        page(&visitors[change % visitors.len()]).await;
    }
    // From here on the last change applies. All come at once.
    host.controls.clock.advance(Duration::from_secs(1));
    futures_util::future::join_all(visitors.iter().map(page)).await;
    for visitor in &visitors {
        let current = eventually("a current page", async || page(visitor).await).await;
        assert!(current.contains("Wand of change 199"), "{current}");
    }
    let listed = shopify.listed.load(Ordering::SeqCst) - before;
    // They come in four seconds, and a second passes after them: a move at once, one for each second, since clocks may
    // differ by a quarter of one, and one for what was changed last.
    assert!((1..=8).contains(&listed), "200 webhooks in {} ms: listed {listed} times", 200 * 20);
}
