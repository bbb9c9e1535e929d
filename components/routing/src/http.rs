//! Requests and responses, as far as routing is concerned with them.

use serde::Serialize;

use crate::headers::{self, Aside};
use crate::route::Format;

/// A request's method (RFC 9110, section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// HEAD; answered as GET, the host drops the body.
    Head,
    /// POST
    Post,
    /// Any other.
    Other,
}

/// Why a request's body cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyError {
    /// Larger than asked for.
    TooLarge,
    /// It broke off or did not arrive in time.
    Incomplete,
}

/// What of a request is asked for only when it is needed.
pub trait Request {
    /// The value of a header field, by its lower-case name.
    fn header(&self, name: &str) -> Option<String>;
    /// The whole body, if it is at most `bytes_max` long.
    fn body(&self, bytes_max: u32) -> Result<Vec<u8>, BodyError>;
}

/// What a response carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body<V> {
    /// Nothing.
    Empty,
    /// These bytes.
    Bytes(Vec<u8>),
    /// Bytes that the host holds.
    Value(V),
}

/// An answer.
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
    /// A JSON document that is good for now only.
    pub(crate) fn json(status: u16, document: &impl Serialize) -> Self {
        let body = serde_json::to_vec(document).expect("a document of plain fields has a JSON form");
        Self { status, headers: headers::notice(Format::Json, Aside::None), body: Body::Bytes(body) }
    }
}

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply<V> {
    /// The answer.
    Ready(Response<V>),
    /// An answer that may become a better one: the same request is to be put again when the topic
    /// changes.
    Pending {
        /// What to say if nothing happens.
        interim: Response<V>,
        /// What to wait for: the shopper's job, as `{store}:{shopper}`.
        topic: String,
        /// For how long.
        wait_ms: u32,
    },
}
