//! Upstreams.

use std::time::Duration;

use capabilities::fetch as fetch_backend;
use wasmtime::Result;

use super::view;
use crate::bindings::wandstore::capabilities::fetch;
use crate::context::Cause;

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
        Ok(self.backend.post(question).await.map(Into::into).map_err(Into::into))
    }
}
