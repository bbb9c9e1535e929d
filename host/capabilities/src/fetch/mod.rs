//! Upstreams: services that a deployment names and components ask by that name. Addresses and tokens
//! are known here and nowhere in a component.

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
pub use portable::upstream::{ANSWER_BYTES_MAX, Answer, Error, STOREFRONT, is_shop_domain};
pub use scripted::Scripted;
pub use token::{NoTokens, OneToken, Tokens};

/// A question to an upstream, on behalf of a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The upstream's name.
    pub upstream: String,
    /// The shop.
    pub store: String,
    /// JSON.
    pub body: Bytes,
    /// How long the whole exchange may take.
    pub timeout: Duration,
    /// The shopper because of whom it is asked, if their address is known.
    pub buyer: Option<IpAddr>,
}

/// Asks upstreams.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// Posts the question, and waits for the whole answer, at most as long as it may take.
    /// Redirects are not followed, and nothing is asked twice: that is the asker's to decide.
    async fn post(&self, question: Question) -> Result<Answer, Error>;
}
