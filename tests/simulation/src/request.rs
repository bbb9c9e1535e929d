//! Requests, as routing gets them: of shoppers, of Shopify and of the operator.

use routes::Method;
use routing::{Body, BodyError, CacheOutcome, Reply, handle};

use crate::actor::Actor;
use crate::bytes::Bytes;
use crate::ledger::{Verdict, ensure};
use crate::page::Facts;
use crate::world::person;

/// A shopper, who has the same id in every shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shopper {
    /// A customer of Shopify, by number, in the shop's own market or in another one.
    Customer { number: u64, is_abroad: bool },
    /// A shopper of an unsigned request.
    Guest(u64),
}

impl Shopper {
    /// Returns the id of the shopper's page.
    pub(crate) fn id(self) -> String {
        match self {
            Self::Customer { number, is_abroad: false } => format!("customer-{number}"),
            Self::Customer { number, is_abroad: true } => format!("customer-{number}_DE-DE"),
            Self::Guest(number) => format!("guest-{number}"),
        }
    }

    pub(crate) fn person(self) -> String {
        person(&self.id()).to_owned()
    }
}

/// A request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl routing::Request for Request {
    fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(given, _)| *given == name).map(|(_, value)| value.clone())
    }

    fn body(&self, _bytes_max: u32) -> Result<Vec<u8>, BodyError> {
        Ok(self.body.clone().into_bytes())
    }
}

impl Request {
    pub(crate) fn json(body: String) -> Self {
        Self { headers: vec![("content-type", "application/json".into())], body }
    }

    /// Returns a webhook with a signature, which every host accepts.
    pub(crate) fn webhook(topic: &str, id: &str, shop: &str, happened_ms: u64, body: String) -> Self {
        let (seconds, ms) = (happened_ms / 1_000, happened_ms % 1_000);
        let (minutes, hours) = (50 + seconds / 60, 23 + (50 + seconds / 60) / 60);
        let (day, hour, minute, second) = (14 + hours / 24, hours % 24, minutes % 60, seconds % 60);

        let headers = vec![
            ("x-shopify-hmac-sha256", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into()),
            ("x-shopify-topic", topic.to_owned()),
            ("x-shopify-shop-domain", shop.to_owned()),
            ("x-shopify-webhook-id", id.to_owned()),
            ("x-shopify-event-id", format!("event-of-{id}")),
            ("x-shopify-api-version", "2026-10".into()),
            // From the start of every run on (`START_MS`), which is 23:50.
            ("x-shopify-triggered-at", format!("2023-11-{day}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")),
        ];
        Self { headers, body }
    }
}

/// Returns a target that Shopify signed. Every signature is valid, and each is another.
fn signed(actor: &Actor<'_>, path: &str, shop: &str, shopper: (u64, bool), parameters: &str) -> String {
    let (number, is_abroad) = shopper;
    let market = if is_abroad { "&country=DE&language=DE" } else { "" };
    let (seconds, drawn) = (actor.wall_ms() / 1_000, actor.world.random.borrow_mut().next());
    format!(
        "{path}?shop={shop}&path_prefix=%2Fapps%2Fwand&timestamp={seconds}&logged_in_customer_id={number}&consent=1\
         {market}{parameters}&signature={drawn:064x}"
    )
}

/// Asks for a page, and judges the answer. Returns the facts in the page if the shopper has one.
pub(crate) fn visit(actor: &Actor<'_>, shop: &str, shopper: Shopper) -> Option<(CacheOutcome, Facts)> {
    let began_ms = actor.world.now_ms.get();
    let target = match shopper {
        Shopper::Customer { number, is_abroad } => {
            signed(actor, "/proxy/fragment", shop, (number, is_abroad), "")
        }
        Shopper::Guest(_) => format!("/s/{shop}?shopper={}", shopper.id()),
    };
    let reply = handle(actor, Method::Get, &target, &Request::default());
    actor.world.note(|| {
        format!(
            "host {} answers {} in {shop}: {} {:?}",
            actor.host,
            shopper.id(),
            reply.response.status,
            reply.cache
        )
    });
    actor.world.judge(judge_page(actor, shop, shopper, began_ms, &reply));
    match (&reply.cache, &reply.response.body) {
        (Some(outcome), Body::Value(Bytes(bytes))) => Some((*outcome, Facts::in_document(bytes)?)),
        _ => None,
    }
}

fn judge_page(
    actor: &Actor<'_>,
    shop: &str,
    shopper: Shopper,
    began_ms: u64,
    reply: &Reply<Bytes>,
) -> Verdict {
    ensure!([200, 404].contains(&reply.response.status), "a shopper got status {}", reply.response.status);
    let Body::Value(Bytes(bytes)) = &reply.response.body else { return Ok(()) };
    let facts = Facts::in_document(bytes).ok_or("a page without facts was served")?;
    ensure!(
        (facts.shop.as_str(), facts.shopper) == (shop, shopper.id()),
        "{} in {shop} got a page of another, in {}",
        shopper.id(),
        facts.shop
    );
    let ledger = actor.world.ledger.borrow();
    ledger.data.check_owner(bytes, shop, &shopper.person())?;
    let Some(since_ms) = began_ms.checked_sub(actor.world.platform.trust_ms()) else { return Ok(()) };
    if let Some(gone) = ledger.data.gone_in(bytes, since_ms) {
        return Err(format!("{} in {shop} got {gone}, which was redacted", shopper.id()));
    }
    let is_closed = ledger.data.closed_since_ms(shop).is_some_and(|closed_ms| closed_ms < since_ms);
    // If the shop's record cannot be read, a page is better than none.
    ensure!(!is_closed || actor.has_failed.get(), "{} got a page of {shop}, which is closed", shopper.id());
    Ok(())
}

/// Reports that a shopper looked at products.
pub(crate) fn report(actor: &Actor<'_>, shop: &str, shopper: Shopper, products: &[String]) {
    let views: Vec<String> =
        products.iter().map(|product| format!(r#"{{"type":"view","product":"{product}"}}"#)).collect();
    let views = views.join(",");
    let (target, body) = match shopper {
        Shopper::Customer { number, is_abroad } => {
            let target = signed(actor, "/proxy/track", shop, (number, is_abroad), "&nonce=n");
            (target, format!(r#"{{"events":[{views}]}}"#))
        }
        Shopper::Guest(_) => {
            let body = format!(r#"{{"store":"{shop}","shopper":"{}","events":[{views}]}}"#, shopper.id());
            ("/api/shopper/track".to_owned(), body)
        }
    };
    actor
        .world
        .note(|| format!("host {} gets a report of {} in {shop}: {products:?}", actor.host, shopper.id()));
    let reply = handle(actor, Method::Post, &target, &Request::json(body));
    let status = reply.response.status;
    let is_fine = [200, 404, 409, 429].contains(&status);
    actor.world.judge(if is_fine { Ok(()) } else { Err(format!("a report was answered {status}")) });
}

/// Posts a request of Shopify or the operator. Returns whether it was carried out.
pub(crate) fn post(actor: &Actor<'_>, target: &str, request: &Request) -> bool {
    let reply = handle(actor, Method::Post, target, request);
    let status = reply.response.status;
    actor.world.note(|| format!("host {} answers {target}: {status}", actor.host));
    let is_fine = [200, 503].contains(&status);
    actor.world.judge(if is_fine { Ok(()) } else { Err(format!("{target} was answered {status}")) });
    status == 200
}
