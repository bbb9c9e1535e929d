//! The answers when routing itself fails: shoppers get the last good fallback page of their shop.

use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock};

use capabilities::settings::Shop;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::answer::Answer;
use super::target::shop_of;
use runtime::call;
use runtime::component::{Failure, Handler};
use runtime::context::Cause;

/// A static page for a shop whose fallback page was never made.
const LAST_RESORT: &str = include_str!("last_resort.html");

/// The last good fallback page of each shop.
#[derive(Debug, Default)]
pub struct FallbackCache {
    pages: RwLock<HashMap<String, Answer>>,
}

impl FallbackCache {
    /// Asks routing for the fallback page of each shop, and drops those of other shops. If routing gives no page, the
    /// old one stays.
    pub async fn refresh(&self, routing: &Handler, shops: &BTreeMap<String, Shop>) {
        self.pages.write().unwrap_or_else(PoisonError::into_inner).retain(|shop, _| shops.contains_key(shop));
        for shop in shops.keys() {
            self.fill(routing, shop).await;
        }
    }

    /// Asks routing for the pages of shops that have none yet, such as shops added since the last refresh.
    pub async fn complete(&self, routing: &Handler, shops: &BTreeMap<String, Shop>) {
        for shop in shops.keys().filter(|shop| self.page(shop).is_none()) {
            self.fill(routing, shop).await;
        }
    }

    async fn fill(&self, routing: &Handler, shop: &str) {
        match page(routing, shop).await {
            Ok(Some(page)) => {
                self.pages.write().unwrap_or_else(PoisonError::into_inner).insert(shop.to_owned(), page);
            }
            Ok(None) => tracing::warn!(shop, "routing has no fallback page for a shop that is served"),
            Err(_logged) => {}
        }
    }

    /// Returns the last good fallback page of a shop.
    pub fn page(&self, shop: &str) -> Option<Answer> {
        self.pages.read().unwrap_or_else(PoisonError::into_inner).get(shop).cloned()
    }

    /// Returns the answer to a request that routing failed to answer. A shopper never gets a server error: a page is
    /// the shop's fallback page, the state of a job is unknown, a signal is not stored, and everything else is not
    /// found, so that a theme keeps what it shows. Shopify is asked to send its webhook again.
    pub fn answer(&self, method: &Method, target: &str, is_open: impl Fn(&str) -> bool) -> Answer {
        let path = target.split('?').next().unwrap_or_default();
        match path {
            _ if path.starts_with("/s/") => {
                let shop = shop_of(target).filter(|shop| is_open(shop.as_str()));
                shop.and_then(|shop| self.page(shop.as_str())).unwrap_or_else(last_resort)
            }
            // The shop's fallback page has prices in the shop's own currency, which need not be the shopper's.
            _ if OF_PROXY.contains(&path) => last_resort(),
            "/webhooks" | "/webhook/shopify" => {
                line(StatusCode::SERVICE_UNAVAILABLE, "tell us again later\n")
            }
            _ if path.starts_with("/api/") || KNOWN_OF_PROXY.contains(&path) => {
                let body = if method == Method::POST { r#"{"stored":0}"# } else { r#"{"state":"unknown"}"# };
                let mut headers = typed("application/json");
                headers.insert("x-wandstore", HeaderValue::from_static("status"));
                Answer { status: StatusCode::OK, headers, body: body.into() }
            }
            _ => line(StatusCode::NOT_FOUND, "there is nothing here\n"),
        }
    }
}

/// Pages inside a theme.
const OF_PROXY: [&str; 2] = ["/proxy", "/proxy/"];
/// What a theme requests as JSON.
const KNOWN_OF_PROXY: [&str; 2] = ["/proxy/status", "/proxy/track"];

fn line(status: StatusCode, text: &'static str) -> Answer {
    Answer { status, headers: typed("text/plain; charset=utf-8"), body: text.into() }
}

/// Has routing make a shop's fallback page.
pub(crate) async fn page(routing: &Handler, shop: &str) -> Result<Option<Answer>, Failure> {
    let mut page = None;
    call!(
        routing,
        Cause::Operator,
        |guest, instance| guest.handler.call_fallback(instance, shop),
        |held, answer| match answer.take().map(|response| Answer::take(response, &mut held)).transpose() {
            Ok(taken) => {
                page = taken;
                Ok(())
            }
            Err(error) => Err(error),
        }
    )?;
    Ok(page)
}

fn last_resort() -> Answer {
    let mut headers = typed("text/html; charset=utf-8");
    for (name, value) in [("x-cache", "MISS"), ("x-generated", "false"), ("x-generation-triggered", "false")]
    {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Answer { status: StatusCode::OK, headers, body: LAST_RESORT.into() }
}

fn typed(content_type: &'static str) -> HeaderMap {
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_without_a_page_gets_the_last_resort_and_no_error() {
        let answer = FallbackCache::default().answer(&Method::GET, "/s/magic-wands", |_| true);
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["x-cache"], "MISS");
        assert!(answer.body.starts_with(b"<!doctype html>"));
    }

    #[test]
    fn a_shop_gets_its_own_page_however_it_is_written() {
        let fallbacks = FallbackCache::default();
        let page = Answer { status: StatusCode::OK, headers: HeaderMap::new(), body: "kept".into() };
        fallbacks.pages.write().unwrap().insert("a-b.myshopify.com".to_owned(), page);
        let page = fallbacks.answer(&Method::GET, "/s/a%2Db.myshopify.com?shopper=x", |_| true);
        assert_eq!(page.body, "kept");
        let page = fallbacks
            .answer(&Method::GET, "/s/a%2Db.myshopify.com?shopper=x", |shop| shop != "a-b.myshopify.com");
        assert!(page.body.starts_with(b"<!doctype html>"), "it is closed to strangers");
        for target in ["/proxy?shop=a%2Db.myshopify.com", "/proxy/?shop=A-B.myshopify.com"] {
            let page = fallbacks.answer(&Method::GET, target, |_| true);
            assert!(
                page.body.starts_with(b"<!doctype html>"),
                "{target}: its prices may be of another market"
            );
        }
    }

    #[test]
    fn a_status_is_unknown_and_a_signal_not_stored() {
        let fallbacks = FallbackCache::default();
        assert_eq!(
            fallbacks.answer(&Method::GET, "/api/generation/status", |_| true).body,
            r#"{"state":"unknown"}"#
        );
        assert_eq!(fallbacks.answer(&Method::POST, "/api/shopper/track", |_| true).body, r#"{"stored":0}"#);
        assert_eq!(
            fallbacks.answer(&Method::GET, "/proxy/status?shop=a", |_| true).body,
            r#"{"state":"unknown"}"#
        );
        assert_eq!(fallbacks.answer(&Method::POST, "/proxy/track?shop=a", |_| true).body, r#"{"stored":0}"#);
    }

    #[test]
    fn a_theme_keeps_what_it_shows_and_shopify_is_asked_to_tell_us_again() {
        let fallbacks = FallbackCache::default();
        assert_eq!(
            fallbacks.answer(&Method::GET, "/proxy/fragment?shop=a", |_| true).status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            fallbacks.answer(&Method::GET, "/proxy?shop=a.myshopify.com", |_| true).status,
            StatusCode::OK
        );
        for path in ["/webhooks", "/webhook/shopify"] {
            assert_eq!(
                fallbacks.answer(&Method::POST, path, |_| true).status,
                StatusCode::SERVICE_UNAVAILABLE
            );
        }
    }
}
