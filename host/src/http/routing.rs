//! Asks routing about a request, as often as its answer may still get better.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::uri::PathAndQuery;
use http::{Method, StatusCode};
use model::shop::{ShopSettings, ShopStatus};
use routes::{Caller, Route};
use tokio::time::Instant as Deadline;
use wasmtime::component::Resource;

use super::answer::Answer;
use super::fallback_cache::FallbackCache;
use super::outcome::{CacheOutcome, Outcome};
use runtime::bindings::wandstore::storefront::http_types::{Method as WitMethod, Pending, Reply};
use runtime::changes::Topic;
use runtime::component::{Failure, within};
use runtime::context::{Cause, Request};
use runtime::deployment::Deployment;
use runtime::patience::Patience;
use runtime::trace::{Span, Trace};

/// The longest time that a request waits, whatever the component asks for.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// How long a shopper's request waits for storage. There is a page without it.
const SHOPPERS_PATIENCE: Duration = Duration::from_millis(250);
/// How long requests of Shopify and the operator wait for storage. There is no answer without it. Shopify waits five
/// seconds for an answer (<https://shopify.dev/docs/apps/build/webhooks/subscribe/https>).
const OTHERS_PATIENCE: Duration = Duration::from_secs(3);

/// The routing component of a deployment, and the pages that stand in for its answers.
pub(super) struct Routing {
    pub(super) deployment: Arc<Deployment>,
    pub(super) fallbacks: Arc<FallbackCache>,
}

/// Routing's reply to a request.
pub(super) struct Asked {
    /// The answer: the final one, or an interim one that a better one may replace.
    pub(super) answer: Answer,
    pub(super) outcome: Outcome,
    /// What a better answer waits for.
    pub(super) pending: Option<Pending>,
}

impl Asked {
    /// Returns whether the answer, now or later, can be sent as an event.
    pub(super) fn is_event(&self) -> bool {
        self.answer.status == StatusCode::OK
            && self.outcome.route.is_some_and(|route| route.rule().has_events)
    }
}

/// A request that routing may be asked about more than once.
pub(super) struct Question {
    pub(super) id: u64,
    pub(super) client: Option<IpAddr>,
    /// The span of the request, if it is recorded.
    pub(super) span: Option<Span>,
    pub(super) method: Method,
    pub(super) target: PathAndQuery,
    pub(super) route: Option<Route>,
    pub(super) rest: Request,
}

impl Question {
    /// Returns the trace of the request, if it is recorded.
    pub(super) fn trace(&self) -> Option<Trace> {
        self.span.as_ref().map(Span::trace)
    }

    /// Writes how the request ended into its span.
    pub(super) fn describe(&mut self, outcome: &Outcome, status: StatusCode) {
        let Some(span) = &mut self.span else { return };
        span.set("wandstore.request.id", format!("{:016x}", self.id));
        span.set("http.response.status_code", i64::from(status.as_u16()));
        if let Some(shop) = &outcome.shop {
            span.set("wandstore.shop", shop.clone());
        }
        if let Some(cache) = outcome.cache {
            span.set("wandstore.cache", cache_name(cache));
        }
        if status.is_server_error() {
            span.fail("server_error");
        }
    }
}

fn cache_name(cache: CacheOutcome) -> &'static str {
    match cache {
        CacheOutcome::Hit => "hit",
        CacheOutcome::Stale => "stale",
        CacheOutcome::Miss => "miss",
    }
}

impl Routing {
    /// Asks routing, once.
    pub(super) async fn ask(&self, question: &mut Question) -> Result<Asked, Failure> {
        let pool = &self.deployment.routing;
        let patience = Arc::new(patience(question.route));
        let cause = Cause::Request(question.id, question.client, patience, question.trace());
        let mut held = pool.acquire(".handler.call_handle", cause).await?;
        if let Err(too_large) = held.give_request(std::mem::take(&mut question.rest)) {
            return held.finish(Ok(Err(too_large)));
        }
        let (guest, instance) = held.parts();
        let call = guest.handler.call_handle(
            instance,
            method(&question.method),
            question.target.as_str(),
            Resource::new_borrow(0),
        );
        let outcome = match within(pool.wall(), call).await {
            Ok(Ok(Reply { response, pending, route, shop, cache, .. })) => {
                let outcome = Outcome { route: route.map(Into::into), shop, cache };
                Ok(Answer::take(response, &mut held).map(|answer| Asked { answer, outcome, pending }))
            }
            Ok(Err(error)) => Ok(Err(error)),
            Err(elapsed) => Err(elapsed),
        };
        question.rest = held.give_back_request();
        held.finish(outcome)
    }

    /// Waits for the better answer. No instance is held meanwhile.
    pub(super) async fn wait(&self, question: &mut Question, pending: &Pending) -> (Answer, Outcome) {
        let deadline = Deadline::now() + Duration::from_millis(pending.wait_ms.into()).min(WAIT_MAX);
        let _note = self.deployment.changes.note(&pending.topic);
        loop {
            // Listen before asking, so that a change in between is not missed.
            let changed = self.deployment.changes.next(Topic::Key(&pending.topic));
            match self.ask(question).await {
                Ok(Asked { answer, outcome, pending: None }) => return (answer, outcome),
                Ok(Asked { answer, outcome, pending: Some(_) }) => {
                    if !self.deployment.changes.wait(changed, deadline).await {
                        return (answer, outcome);
                    }
                }
                Err(_logged) => return self.rescue(question),
            }
        }
    }

    /// Returns the answer in place of one of routing, which failed.
    pub(super) fn rescue(&self, question: &Question) -> (Answer, Outcome) {
        let settings = &self.deployment.capabilities.settings;
        let open = |shop: &str| {
            settings.look(|settings| {
                let is_open = settings.shop_status(shop, false) != ShopStatus::Unknown;
                settings.shops.get(shop).filter(|_| is_open).map(ShopSettings::exclusions)
            })
        };
        self.fallbacks.answer(question.route, question.target.path(), open)
    }
}

/// Returns how long a request of this route may wait for storage.
fn patience(route: Option<Route>) -> Patience {
    match route.map(|route| route.rule().caller) {
        Some(Caller::Shopify | Caller::Operator) => Patience::new(OTHERS_PATIENCE),
        Some(Caller::Shopper | Caller::Developer) | None => Patience::in_shares(SHOPPERS_PATIENCE),
    }
}

fn method(method: &Method) -> WitMethod {
    match *method {
        Method::GET => WitMethod::Get,
        Method::HEAD => WitMethod::Head,
        Method::POST => WitMethod::Post,
        _ => WitMethod::Other,
    }
}
