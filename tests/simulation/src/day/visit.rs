//! One visit: pages that are looked at one after the other, each for a while, in which an open page waits for a better
//! one.

use model::PageKind;
use routes::Method;
use routing::{Body, CacheOutcome, handle};

use super::{Counts, SHOP, any_page};
use crate::actor::Actor;
use crate::request::Request;
use crate::task::Pause;

/// How long an open page waits before it asks again whether its better one is there. The host would tell it.
const POLL_MS: u64 = 1_000;
/// How long a page is looked at, in milliseconds.
const VIEW_MS_MIN: u64 = 15_000;
const VIEW_MS_SPREAD: u64 = 45_000;
/// The countries and languages that shoppers shop in. The simulated model writes English.
pub(super) const MARKETS: [(&str, &str); 3] = [("GB", "EN"), ("US", "EN"), ("IE", "EN")];

/// A visit.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    /// The id that the browser drew, with the shopper's consent.
    pub(super) visitor: Option<String>,
    pub(super) market: usize,
    /// The kind of page that it is on, at first the one on which it begins.
    pub(super) page: PageKind,
    pub(super) views: u64,
}

/// Visits.
pub(super) fn visit(actor: &Actor<'_>, visit: &Visit, counts: &Counts) {
    let (mut at_once, mut in_the_end) = (false, false);
    let mut here = visit.clone();
    for view in 0..visit.views {
        let until_ms = actor.world.now_ms.get() + VIEW_MS_MIN + actor.world.below(VIEW_MS_SPREAD);
        let is_generated = is_generated(actor, &here);
        at_once |= view == 0 && is_generated;
        in_the_end |= is_generated || waits(actor, &here, until_ms);
        report(actor, &here);
        if view + 1 < visit.views {
            actor.pause(Pause::Until(until_ms));
            here.page = any_page(&actor.world);
        }
    }
    counts.visits.set(counts.visits.get() + 1);
    counts.at_once.set(counts.at_once.get() + u64::from(at_once));
    counts.generated.set(counts.generated.get() + u64::from(in_the_end));
}

/// Waits for the generated page while the other one is open. Returns whether it was swapped in.
fn waits(actor: &Actor<'_>, visit: &Visit, until_ms: u64) -> bool {
    loop {
        let reply =
            handle(actor, Method::Get, &signed(actor, "/proxy/status", visit, ""), &Request::default());
        let Body::Bytes(state) = reply.response.body else { return false };
        let state = String::from_utf8_lossy(&state).into_owned();
        if state.contains("\"ready\"") {
            return is_generated(actor, visit);
        }
        let is_coming = state.contains("\"queued\"") || state.contains("\"running\"");
        if !is_coming || actor.world.now_ms.get() + POLL_MS > until_ms {
            return false;
        }
        actor.pause(Pause::Until(actor.world.now_ms.get() + POLL_MS));
    }
}

/// Looks at the page. Returns whether it is a generated one.
fn is_generated(actor: &Actor<'_>, visit: &Visit) -> bool {
    let target = signed(actor, "/proxy/fragment", visit, "");
    let reply = handle(actor, Method::Get, &target, &Request::default());
    let is_fine = reply.response.status == 200;
    let status = reply.response.status;
    actor.world.judge(if is_fine { Ok(()) } else { Err(format!("a shopper got status {status}")) });
    matches!(reply.cache, Some(CacheOutcome::Hit | CacheOutcome::Stale))
}

/// Reports that the shopper looked at a product, if they consented.
fn report(actor: &Actor<'_>, visit: &Visit) {
    if visit.visitor.is_none() {
        return;
    }
    let day = actor.world.day.as_ref().expect("it is a day");
    let product = day.any_product(&mut actor.world.random.borrow_mut());
    let body = format!(r#"{{"events":[{{"type":"view","product":"{product}"}}]}}"#);
    let target = signed(actor, "/proxy/track", visit, "&nonce=n");
    let status = handle(actor, Method::Post, &target, &Request::json(body)).response.status;
    actor.world.judge(if [200, 429].contains(&status) {
        Ok(())
    } else {
        Err(format!("a report was answered {status}"))
    });
}

/// Returns a target that Shopify signed. Every signature is valid, and each is another.
fn signed(actor: &Actor<'_>, path: &str, visit: &Visit, parameters: &str) -> String {
    let (country, language) = MARKETS[visit.market];
    let (seconds, drawn) = (actor.wall_ms() / 1_000, actor.world.random.borrow_mut().next());
    let about = about(actor, visit);
    let consent = visit.visitor.as_ref().map(|id| format!("&visitor={id}&consent=1")).unwrap_or_default();
    format!(
        "{path}?shop={SHOP}&path_prefix=%2Fapps%2Fwand&timestamp={seconds}&logged_in_customer_id=&context={}{about}\
         &country={country}&language={language}{consent}{parameters}&signature={drawn:064x}",
        visit.page.name()
    )
}

/// Returns what a request says of the page's subject.
fn about(actor: &Actor<'_>, visit: &Visit) -> String {
    let day = actor.world.day.as_ref().expect("it is a day");
    match visit.page {
        PageKind::Home | PageKind::Collection => String::new(),
        PageKind::Product | PageKind::Cart => {
            format!("&about={}", day.any_product(&mut actor.world.random.borrow_mut()))
        }
        PageKind::Search => "&about=walnut%20lamp".to_owned(),
    }
}
