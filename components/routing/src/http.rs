//! The parts of requests and responses that routing uses.

use serde::Serialize;

use crate::headers::{self, ExtraField};
use crate::route::Format;

/// A request's method (RFC 9110, section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// HEAD, answered like GET; the host drops the body.
    Head,
    /// POST
    Post,
    /// Any other.
    Other,
}

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
        let body = serde_json::to_vec(document).expect("a document of plain fields has a JSON form");
        Self { status, headers: headers::notice(Format::Json, ExtraField::None), body: Body::Bytes(body) }
    }
}

/// The outcome of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply<V> {
    /// The final response.
    Ready(Response<V>),
    /// A response that may improve: the host repeats the request when the topic
    /// changes.
    Pending {
        /// The response if the topic does not change in time.
        interim: Response<V>,
        /// The topic to wait for: the shopper's job, as `{store}:{shopper}`.
        topic: String,
        /// How long to wait.
        wait_ms: u32,
    },
}
