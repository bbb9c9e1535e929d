//! What shoppers get when routing itself fails: the last good fallback page of their shop.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::answer::Answer;
use crate::component::{Failure, Handler, call};
use crate::context::Cause;

/// A page that needs nothing: for a shop whose fallback page was never made.
const LAST_RESORT: &str = include_str!("last_resort.html");

/// The last good fallback page of each shop.
#[derive(Debug, Default)]
pub struct Lifeboat {
    pages: RwLock<HashMap<String, Answer>>,
}

impl Lifeboat {
    /// Asks routing for the fallback page of each store. One that cannot be had stays as it was.
    pub async fn refresh(&self, routing: &Handler, stores: impl Iterator<Item = &String>) {
        for store in stores {
            match page(routing, store).await {
                Ok(Some(page)) => {
                    self.pages.write().unwrap_or_else(PoisonError::into_inner).insert(store.clone(), page);
                }
                Ok(None) => {
                    tracing::warn!(store, "routing has no fallback page for a store that is configured");
                }
                Err(_logged) => {}
            }
        }
    }

    /// The last good fallback page of a shop.
    pub fn page(&self, store: &str) -> Option<Answer> {
        self.pages.read().unwrap_or_else(PoisonError::into_inner).get(store).cloned()
    }

    /// The answer to a request that routing failed to answer. It is never an error of ours: a page
    /// is the shop's fallback page; of a job nothing is known; a signal is not stored; nothing else
    /// is here for a shopper.
    pub fn answer(&self, method: &Method, path: &str) -> Answer {
        if let Some(rest) = path.strip_prefix("/s/") {
            return self.page(rest).unwrap_or_else(last_resort);
        }
        if !path.starts_with("/api/") {
            let headers = typed("text/plain; charset=utf-8");
            return Answer { status: StatusCode::NOT_FOUND, headers, body: "there is nothing here\n".into() };
        }
        let body = if method == Method::POST { r#"{"stored":0}"# } else { r#"{"state":"unknown"}"# };
        Answer { status: StatusCode::OK, headers: typed("application/json"), body: body.into() }
    }
}

async fn page(routing: &Handler, store: &str) -> Result<Option<Answer>, Failure> {
    let mut page = None;
    call!(
        routing,
        Cause::Operator,
        |guest, instance| guest.call_fallback(instance, store),
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
        let answer = Lifeboat::default().answer(&Method::GET, "/s/magic-wands");
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["x-cache"], "MISS");
        assert!(answer.body.starts_with(b"<!doctype html>"));
    }

    #[test]
    fn a_status_is_unknown_and_a_signal_not_stored() {
        let boat = Lifeboat::default();
        assert_eq!(boat.answer(&Method::GET, "/api/generation/status").body, r#"{"state":"unknown"}"#);
        assert_eq!(boat.answer(&Method::POST, "/api/shopper/track").body, r#"{"stored":0}"#);
    }
}
