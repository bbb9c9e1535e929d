//! The parts of requests and responses that routing uses.

use model::ShopId;
use routes::{Format, Route};
use serde::Serialize;

use crate::headers::{self, ExtraField};
use crate::served::CacheOutcome;

/// The reason why a request's body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyError {
    /// The body is larger than the limit.
    TooLarge,
    /// The body broke off or did not arrive in time.
    Incomplete,
}

/// The parts of a request that are read only when they are needed.
pub trait Request {
    /// Returns the value of the header field with this lower-case name.
    fn header(&self, name: &str) -> Option<String>;
    /// Returns the whole body, if it is at most `bytes_max` long.
    fn body(&self, bytes_max: u32) -> Result<Vec<u8>, BodyError>;
}

/// The body of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body<V> {
    /// Nothing.
    Empty,
    /// These bytes.
    Bytes(Vec<u8>),
    /// Bytes that the host holds.
    Value(V),
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response<V> {
    /// The status code (RFC 9110, section 15).
    pub status: u16,
    /// The field lines, each `name: value` with a line feed.
    pub headers: String,
    /// The content.
    pub body: Body<V>,
}

impl<V> Response<V> {
    /// Returns a JSON document that must not be cached.
    pub(crate) fn json(status: u16, document: &impl Serialize) -> Self {
        let body = Body::Bytes(json(document));
        Self { status, headers: headers::notice(Format::Json, ExtraField::None), body }
    }
}

/// Returns the JSON of a document of plain fields.
pub(crate) fn json(document: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(document).expect("plain fields serialize to JSON")
}

/// The reply to a request: the response for the client, and what the host has to know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<V> {
    /// The response.
    pub response: Response<V>,
    /// What a better response waits for; `None` if the response is final.
    pub pending: Option<Pending>,
    /// The route of the request; `None` if there is nothing at its path.
    pub route: Option<Route>,
    /// The served shop that the request is about, if it is about one.
    pub shop: Option<ShopId>,
    /// The cache's part, if the response is a page.
    pub cache: Option<CacheOutcome>,
    /// Whether the request may have enqueued a job.
    pub may_have_enqueued: bool,
}

/// What to wait for before the host repeats the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The topic to wait for: the shopper's job, as `{store}:{shopper}`.
    pub topic: String,
    /// How long to wait.
    pub wait_ms: u32,
}

impl<V> From<Response<V>> for Reply<V> {
    /// Returns a final reply about which nothing else is known.
    fn from(response: Response<V>) -> Self {
        Self { response, pending: None, route: None, shop: None, cache: None, may_have_enqueued: false }
    }
}
