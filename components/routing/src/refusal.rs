//! All reasons to refuse a request, and the one place that turns a reason into a response.
//!
//! The texts are for the sender of the request. They never repeat what was sent.

use model::InvalidId;
use routes::{Format, Methods};
use serde_json::json;
use shopify::Rejection;

use crate::events::InvalidReport;
use crate::headers::{self, ExtraField};
use crate::http::{Body, BodyError, Response};
use crate::target::InvalidParameter;

/// The reason why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// There is no such path for this caller.
    #[error("there is nothing at this address")]
    NothingHere,
    /// There is no served shop with this id.
    #[error("there is no such shop here")]
    NoSuchShop,
    /// The path does not accept this method.
    #[error("this address takes {} only", .0.field())]
    Method(Methods),
    /// A parameter is invalid.
    #[error(transparent)]
    Parameter(#[from] InvalidParameter),
    /// A shopper id is invalid.
    #[error(transparent)]
    Shopper(#[from] InvalidId),
    /// The id names a customer, which needs a signed request.
    #[error("shopper id of a customer needs a signed request")]
    Unsigned,
    /// The id has a market, which only Shopify knows, or a kind of page that is a part of a theme.
    #[error("shopper id with a market or a kind of page needs a signed request")]
    Market,
    /// The merchant paused generated pages. Only operators see this.
    #[error("the shop is paused")]
    Paused,
    /// A request that claims to be from Shopify has a wrong signature or form.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The report was taken before.
    #[error("the request was made before")]
    Replayed,
    /// The body is too large.
    #[error("body is larger than {0} bytes")]
    BodyTooLarge(u32),
    /// The body did not arrive whole.
    #[error("body did not arrive whole")]
    BodyIncomplete,
    /// The body is a form, not JSON.
    #[error("body must be JSON, not a form")]
    Form,
    /// The body is not a valid report.
    #[error(transparent)]
    Report(#[from] InvalidReport),
    /// The pool is full. Only operators see this.
    #[error("every member of the pool is full")]
    QueueFull,
    /// A limit on reports is reached.
    #[error("too many reports; try again later")]
    Limited,
    /// The queue did not answer. Only operators see this.
    #[error("the queue is unavailable")]
    QueueUnavailable,
    /// The cache did not answer. Only operators see this.
    #[error("the cache is unavailable")]
    CacheUnavailable,
    /// Storage did not answer. Only Shopify sees this, and sends its webhook again.
    #[error("storage is unavailable")]
    StorageUnavailable,
}

impl Refusal {
    /// Returns the refusal for a body that could not be read within `bytes_max`.
    pub(crate) fn of_body(error: BodyError, bytes_max: u32) -> Self {
        match error {
            BodyError::TooLarge => Self::BodyTooLarge(bytes_max),
            BodyError::Incomplete => Self::BodyIncomplete,
        }
    }

    /// Returns the response in the format of the path.
    pub(crate) fn response<V>(&self, format: Format) -> Response<V> {
        let body = match format {
            Format::Text => format!("{self}\n"),
            Format::Json => json!({ "error": self.to_string() }).to_string(),
        };
        let headers = headers::notice(format, self.extra_field());
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
            Self::NothingHere | Self::NoSuchShop => 404,
            Self::Method(_) => 405,
            Self::Rejected(rejection) => rejection.status(),
            Self::Paused | Self::Replayed => 409,
            Self::BodyTooLarge(_) => 413,
            Self::Form => 415,
            Self::QueueFull | Self::Limited => 429,
            Self::QueueUnavailable | Self::CacheUnavailable | Self::StorageUnavailable => 503,
        }
    }

    fn extra_field(&self) -> ExtraField<'static> {
        match self {
            Self::Method(methods) => ExtraField::Allow(*methods),
            Self::QueueFull | Self::Limited => ExtraField::RetryAfter,
            _ => ExtraField::None,
        }
    }
}
