//! The reply to a question, as a host received it.

use crate::arriving::Wrong;

/// The statuses of success (RFC 9110, section 15.3).
const SUCCESS: std::ops::Range<u16> = 200..300;

/// The result of sending a question.
#[derive(Debug, Clone, Copy)]
pub enum Reply<'a> {
    /// A response, whole or cut short.
    Response {
        /// The status code.
        status: u16,
        /// The value of `retry-after`.
        retry_after: Option<&'a str>,
        /// The content, as far as it arrived.
        body: &'a [u8],
        /// How it ended.
        end: End,
    },
    /// Nothing was sent: the endpoint was not reached.
    Unsent,
    /// The connection broke off.
    Broken,
    /// There was no response in time.
    Late,
    /// The content exceeds [`RESPONSE_BYTES_MAX`](crate::RESPONSE_BYTES_MAX).
    TooLarge,
}

/// How the content of a response ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All of it arrived.
    Whole,
    /// The connection broke off.
    Broken,
    /// Nothing arrived for longer than [`Endpoint::idle_timeout`](crate::Endpoint::idle_timeout).
    Stalled,
    /// The time of the question ran out.
    Late,
    /// The host stopped reading, because the answer was going wrong.
    Stopped(Wrong),
}

impl Reply<'_> {
    /// Returns whether the endpoint accepted the question.
    pub(crate) fn is_success(&self) -> bool {
        matches!(self, Self::Response { status, .. } if SUCCESS.contains(status))
    }

    /// Returns whether the host stopped reading: the endpoint works, and the model does not.
    pub(crate) fn was_stopped(&self) -> bool {
        matches!(self, Self::Response { end: End::Stopped(_), .. })
    }
}
