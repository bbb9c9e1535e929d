//! Upstreams.

use std::time::Duration;

use capabilities::fetch as fetch_backend;
use wasmtime::Result;

use super::view;
use crate::bindings::wandstore::capabilities::fetch;
use crate::context::Cause;

impl From<fetch_backend::Error> for fetch::Error {
    fn from(error: fetch_backend::Error) -> Self {
        match error {
            fetch_backend::Error::NoSuchUpstream => Self::NoSuchUpstream,
            fetch_backend::Error::Timeout => Self::Timeout,
            fetch_backend::Error::TooLarge(limit) => Self::TooLarge(limit),
            fetch_backend::Error::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

struct View<'a> {
    backend: &'a dyn fetch_backend::Fetch,
    cause: &'a Cause,
}

view!(fetch, View, |context| View { backend: &*context.capabilities.fetch, cause: &context.cause });

impl fetch::Host for View<'_> {
    /// Passes the shopper's address on to the shop, because the shop counts requests by shopper.
    async fn post(
        &mut self,
        upstream: String,
        shop: String,
        body: Vec<u8>,
        timeout_ms: u32,
    ) -> Result<Result<fetch::Answer, fetch::Error>> {
        let timeout = Duration::from_millis(timeout_ms.into());
        let question = fetch_backend::Question {
            upstream,
            shop,
            body: body.into(),
            timeout,
            buyer: self.cause.client(),
        };
        let answer = self.backend.post(question).await.map(|answer| fetch::Answer {
            status: answer.status,
            retry_after_ms: answer.retry_after_ms,
            body: answer.body,
        });
        Ok(answer.map_err(Into::into))
    }
}
