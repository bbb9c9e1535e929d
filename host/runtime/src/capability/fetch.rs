//! Upstreams.

use std::time::Duration;

use capabilities::fetch as fetch_backend;
use wasmtime::Result;

use super::view;
use crate::bindings::wandstore::capabilities::fetch;
use crate::context::Cause;
use crate::trace::Span;

model::conversions!(enum fetch_backend::Error as fetch::Error {
    NoSuchUpstream, Timeout, TooLarge(bytes_max), Unavailable(reason)
});
model::conversions!(struct fetch_backend::Answer as fetch::Answer { status, retry_after_ms, body });

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
        let mut span = self.cause.trace().map(|trace| trace.upstream(&question.upstream));
        let answer = self.backend.post(question).await;
        if let Some(span) = &mut span {
            describe(span, &answer);
        }
        Ok(answer.map(Into::into).map_err(Into::into))
    }
}

/// Writes how a request ended into its span.
fn describe(span: &mut Span, answer: &std::result::Result<fetch_backend::Answer, fetch_backend::Error>) {
    match answer {
        Ok(answer) => span.set("http.response.status_code", i64::from(answer.status)),
        Err(fetch_backend::Error::NoSuchUpstream) => span.fail("no_such_upstream"),
        Err(fetch_backend::Error::Timeout) => span.fail("timeout"),
        Err(fetch_backend::Error::TooLarge(_)) => span.fail("too_large"),
        Err(fetch_backend::Error::Unavailable(_)) => span.fail("unavailable"),
    }
}
