//! Every reason not to do what a request asks, and the one place where a reason becomes a response.
//!
//! The texts are for whoever sent the request. They never repeat what was sent.

use names::WrongId;
use serde_json::json;
use shopify::Rejection;

use crate::events::WrongReport;
use crate::headers::{self, Aside};
use crate::http::{Body, BodyError, Response};
use crate::route::{Allowed, Format};
use crate::target::WrongParameter;

/// Why a request is not answered with what it asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// No such path, for whoever asks.
    #[error("there is nothing at this address")]
    NothingHere,
    /// Not the id of a shop that is served here.
    #[error("there is no such store here")]
    NoSuchStore,
    /// The path is there, but not for this method.
    #[error("this address takes {} only", .0.field())]
    Method(Allowed),
    /// A parameter that cannot be read.
    #[error(transparent)]
    Parameter(#[from] WrongParameter),
    /// A shopper id that is none.
    #[error(transparent)]
    Shopper(#[from] WrongId),
    /// The id of somebody whom only Shopify can vouch for.
    #[error("shopper id of a customer needs a signed request")]
    Unsigned,
    /// The id of a page in a market, which only Shopify tells.
    #[error("shopper id with a market needs a signed request")]
    Market,
    /// The shop's merchant turned pages made for shoppers off. Only operators are told so.
    #[error("the store is paused")]
    Paused,
    /// What claims to be from Shopify is not, or is not as it should be.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// A report that was taken before.
    #[error("the request was made before")]
    Replayed,
    /// A body that is too large.
    #[error("body is larger than {0} bytes")]
    BodyTooLarge(u32),
    /// A body that did not arrive whole.
    #[error("body did not arrive whole")]
    BodyIncomplete,
    /// What a form sends, in place of JSON.
    #[error("body must be JSON, not a form")]
    Form,
    /// A body that reports no signals.
    #[error(transparent)]
    Report(#[from] WrongReport),
    /// No room for another job. Only operators are told so.
    #[error("every member of the pool is full")]
    QueueFull,
    /// No answer from the queue. Only operators are told so.
    #[error("the queue is unavailable")]
    QueueUnavailable,
    /// No answer from the cache. Only operators are told so.
    #[error("the cache is unavailable")]
    CacheUnavailable,
    /// No answer from storage. Only Shopify is told so, which then sends its webhook again.
    #[error("storage is unavailable")]
    StorageUnavailable,
}

impl Refusal {
    /// A body of at most `bytes_max` that cannot be had.
    pub(crate) fn of_body(error: BodyError, bytes_max: u32) -> Self {
        match error {
            BodyError::TooLarge => Self::BodyTooLarge(bytes_max),
            BodyError::Incomplete => Self::BodyIncomplete,
        }
    }

    /// The response, in the format of the path.
    pub(crate) fn response<V>(&self, format: Format) -> Response<V> {
        let body = match format {
            Format::Text => format!("{self}\n"),
            Format::Json => json!({ "error": self.to_string() }).to_string(),
        };
        let headers = headers::notice(format, self.aside());
        Response { status: self.status(), headers, body: Body::Bytes(body.into_bytes()) }
    }

    fn status(&self) -> u16 {
        match self {
            Self::Parameter(_)
            | Self::Shopper(_)
            | Self::Unsigned
            | Self::Market
            | Self::BodyIncomplete
            | Self::Report(_) => 400,
            Self::NothingHere | Self::NoSuchStore => 404,
            Self::Method(_) => 405,
            Self::Rejected(rejection) => rejection.status(),
            Self::Paused | Self::Replayed => 409,
            Self::BodyTooLarge(_) => 413,
            Self::Form => 415,
            Self::QueueFull => 429,
            Self::QueueUnavailable | Self::CacheUnavailable | Self::StorageUnavailable => 503,
        }
    }

    fn aside(&self) -> Aside<'static> {
        match self {
            Self::Method(allowed) => Aside::Allow(*allowed),
            Self::QueueFull => Aside::RetryAfter,
            _ => Aside::None,
        }
    }
}
