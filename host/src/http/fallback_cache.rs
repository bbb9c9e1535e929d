//! The answers when routing itself fails: shoppers get the last good fallback page of their shop.

use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock};

use model::ShopId;
use model::shop::ShopSettings;
use routes::{OnFailure, Route};

use super::answer::Answer;
use super::{CacheOutcome, Outcome};
use runtime::call;
use runtime::component::{Failure, Handler};
use runtime::context::Cause;

/// The last good fallback page of each shop.
#[derive(Debug, Default)]
pub struct FallbackCache {
    pages: RwLock<HashMap<String, Kept>>,
}

/// The last good fallback page of a shop.
#[derive(Debug, Clone)]
struct Kept {
    page: Answer,
    /// The digest of the merchant's exclusions before the page was made ([`ShopSettings::exclusions`]).
    exclusions: u64,
}

impl FallbackCache {
    /// Asks routing for the fallback page of each shop, and drops those of other shops. If routing gives no page, the
    /// old one stays.
    pub async fn refresh(&self, routing: &Handler, shops: &BTreeMap<String, ShopSettings>) {
        self.pages.write().unwrap_or_else(PoisonError::into_inner).retain(|shop, _| shops.contains_key(shop));
        for (shop, settings) in shops {
            self.fill(routing, shop, settings.exclusions()).await;
        }
    }

    /// Asks routing for the pages of shops that have none that may be shown, such as shops added since the last refresh,
    /// or shops that exclude something else since then.
    pub async fn complete(&self, routing: &Handler, shops: &BTreeMap<String, ShopSettings>) {
        for (shop, settings) in shops {
            let exclusions = settings.exclusions();
            if self.page(shop, exclusions).is_none() {
                self.fill(routing, shop, exclusions).await;
            }
        }
    }

    /// Asks routing for the page of a shop that excludes at least this.
    async fn fill(&self, routing: &Handler, shop: &str, exclusions: u64) {
        match page(routing, shop).await {
            Ok(Some(page)) => {
                let kept = Kept { page, exclusions };
                self.pages.write().unwrap_or_else(PoisonError::into_inner).insert(shop.to_owned(), kept);
            }
            Ok(None) => tracing::warn!(shop, "routing returned no fallback page for a served shop"),
            Err(_logged) => {}
        }
    }

    /// Returns the last good fallback page of a shop, unless it was made while the merchant excluded something else:
    /// `exclusions` is the digest of the current exclusions.
    pub fn page(&self, shop: &str, exclusions: u64) -> Option<Answer> {
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        pages.get(shop).filter(|kept| kept.exclusions == exclusions).map(|kept| kept.page.clone())
    }

    /// Returns the answer to a request that routing failed to answer, as the table of routes says. A shopper never gets
    /// a server error. `open` returns the digest of what a shop excludes, if strangers may see the shop.
    pub fn answer(
        &self,
        route: Option<Route>,
        path: &str,
        open: impl Fn(&str) -> Option<u64>,
    ) -> (Answer, Outcome) {
        let on_failure = OnFailure::of(route);
        let shop = shop_of(path).and_then(|shop| Some((open(shop.as_str())?, shop)));
        let page = match (on_failure, &shop) {
            (OnFailure::FallbackPage, Some((exclusions, shop))) => self.page(shop.as_str(), *exclusions),
            _ => None,
        };
        let cache = on_failure.is_page().then_some(CacheOutcome::Miss);
        let outcome = Outcome { route, shop: shop.map(|(_, shop)| shop.into_string()), cache };
        (page.unwrap_or_else(|| Answer::fixed(on_failure.answer())), outcome)
    }
}

/// Returns the shop in the path of a page. Other requests name theirs where only a signature vouches for it.
fn shop_of(path: &str) -> Option<ShopId> {
    ShopId::parse(&routes::shop_in(path)?).ok()
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

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};
    use routes::{RULES, SHOP};

    use super::*;

    fn answer(fallbacks: &FallbackCache, path: &str) -> (Answer, Outcome) {
        fallbacks.answer(Route::at(path), path, |_| Some(0))
    }

    fn keeping(exclusions: u64) -> FallbackCache {
        let page = Answer { status: StatusCode::OK, headers: HeaderMap::new(), body: "kept".into() };
        let fallbacks = FallbackCache::default();
        let kept = Kept { page, exclusions };
        fallbacks.pages.write().unwrap().insert("a-b.myshopify.com".to_owned(), kept);
        fallbacks
    }

    #[test]
    fn a_shop_without_a_page_gets_the_last_resort_and_no_error() {
        let (answer, outcome) = answer(&FallbackCache::default(), "/s/magic-wands");
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["x-cache"], "MISS");
        assert!(answer.body.starts_with(b"<!doctype html>"));
        assert!(matches!(outcome.cache, Some(CacheOutcome::Miss)));
        assert_eq!((outcome.route, outcome.shop.as_deref()), (Some(Route::Page), Some("magic-wands")));
    }

    #[test]
    fn a_shop_gets_its_own_page_however_it_is_written() {
        let fallbacks = keeping(0);
        let path = "/s/a%2Db.myshopify.com";
        assert_eq!(answer(&fallbacks, path).0.body, "kept");
        let (page, outcome) = fallbacks.answer(Some(Route::Page), path, |_| None);
        assert!(page.body.starts_with(b"<!doctype html>"), "it is closed to strangers");
        assert_eq!(outcome.shop, None);
        for path in ["/proxy", "/proxy/"] {
            let (page, _) = answer(&fallbacks, path);
            assert!(page.body.starts_with(b"<!doctype html>"), "{path}: its prices may be of another market");
        }
    }

    #[test]
    fn a_page_from_before_something_was_excluded_is_not_shown() {
        let fallbacks = keeping(7);
        let answer = |exclusions| {
            fallbacks.answer(Some(Route::Page), "/s/a-b.myshopify.com", |_| Some(exclusions)).0.body
        };
        assert_eq!(answer(7), "kept");
        for now in [0, 8] {
            assert!(answer(now).starts_with(b"<!doctype html>"), "{now}: the last resort has no products");
        }
    }

    #[test]
    fn a_status_is_unknown_and_a_signal_not_stored() {
        let fallbacks = FallbackCache::default();
        for path in ["/api/generation/status", "/proxy/status"] {
            assert_eq!(answer(&fallbacks, path).0.body, r#"{"state":"unknown"}"#, "{path}");
        }
        for path in ["/api/shopper/track", "/proxy/track"] {
            assert_eq!(answer(&fallbacks, path).0.body, r#"{"stored":0}"#, "{path}");
        }
    }

    #[test]
    fn a_failed_fragment_is_404_and_a_failed_webhook_503() {
        let fallbacks = FallbackCache::default();
        assert_eq!(answer(&fallbacks, "/proxy/fragment").0.status, StatusCode::NOT_FOUND);
        assert_eq!(answer(&fallbacks, "/proxy").0.status, StatusCode::OK);
        for path in ["/webhooks", "/webhook/shopify"] {
            assert_eq!(answer(&fallbacks, path).0.status, StatusCode::SERVICE_UNAVAILABLE);
        }
    }

    #[test]
    fn every_route_of_routing_is_answered_as_the_table_says() {
        let fallbacks = FallbackCache::default();
        for rule in &RULES {
            for path in rule.paths {
                let (answer, outcome) = answer(&fallbacks, &path.replace(SHOP, "magic-wands"));
                let expected = rule.on_failure.answer();
                let headers: Vec<_> = answer
                    .headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.to_str().expect("text")))
                    .collect();
                assert_eq!(
                    (answer.status.as_u16(), &*headers),
                    (expected.status, expected.headers),
                    "{path}"
                );
                assert_eq!((&*answer.body, outcome.route), (expected.body.as_bytes(), Some(rule.route)));
            }
        }
        assert_eq!(answer(&fallbacks, "/s/a/b").0.status, StatusCode::NOT_FOUND);
    }
}
