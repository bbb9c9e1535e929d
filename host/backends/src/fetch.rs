//! Upstreams: services that a deployment names and that components call by name. Only the host knows
//! their addresses and tokens; components do not.

mod http;
mod scripted;
#[cfg(test)]
mod tests;
mod token;

use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

pub use http::{Http, NoTls};
pub use scripted::Scripted;
pub use token::{NoTokens, OneToken, Tokens};
pub use upstream::{ANSWER_BYTES_MAX, Answer, Error, STOREFRONT, is_shop_domain};

/// Lets the metrics start at 0.
pub(crate) fn register_metrics() {
    http::register_metrics();
}

/// A request to an upstream, on behalf of a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The upstream's name.
    pub upstream: String,
    /// The shop.
    pub shop: String,
    /// The JSON body.
    pub body: Bytes,
    /// How long the whole exchange may take.
    pub timeout: Duration,
    /// The IP address of the shopper who caused the request, if it is known.
    pub buyer: Option<IpAddr>,
}

/// A client of upstreams.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// Posts the request, and waits for the whole response, up to the request's timeout.
    /// Follows no redirects and never retries: retries are up to the caller.
    async fn post(&self, question: Question) -> Result<Answer, Error>;
}
