//! The header field between the front and the storefront.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// The name of the field, in requests and in responses.
pub const FIELD: &str = "wandstore-internal";

/// A request that the front forwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forwarded {
    /// What the front wants.
    pub purpose: Purpose,
    /// The address of the client, if it is known.
    pub client: Option<IpAddr>,
    /// Whether the client's body is forwarded.
    pub body: Arrival,
}

/// What the front wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The answer to a client's request.
    Answer,
    /// That jobs run. Nobody waits for the response.
    RunJobs,
}

/// Whether the body of a request arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// The request has no body.
    Absent,
    /// The whole body is forwarded.
    Whole,
    /// It is larger than its route accepts.
    TooLarge,
    /// It broke off, or did not arrive in time.
    Incomplete,
}

impl Forwarded {
    /// Returns the value of the field.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads the value of the field.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// What the front has to know about a response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// If the response is an interim one, how many milliseconds to wait for a better one.
    pub wait_ms: Option<u32>,
    /// Whether the request may have enqueued a job.
    pub may_have_enqueued: bool,
    /// Whether the response is a fresh page that depends on nothing in the request but its method and target.
    pub depends_on_target_only: bool,
}

impl Reply {
    /// Returns the value of the field.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads the value of the field.
    pub fn read(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }

    /// Returns whether a job may wait now.
    pub fn may_leave_job(&self) -> bool {
        self.wait_ms.is_some() || self.may_have_enqueued
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_read_as_it_was_written_and_nothing_else_is_one() {
        let reply = Reply { wait_ms: Some(20_000), may_have_enqueued: true, depends_on_target_only: false };
        assert_eq!(Reply::read(reply.text().as_bytes()), Some(reply));
        for text in ["", "{}", "null", "page"] {
            assert_eq!(Reply::read(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_field_is_one_line() {
        let forwarded = Forwarded { purpose: Purpose::RunJobs, client: None, body: Arrival::TooLarge };
        assert!(forwarded.text().bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    }
}
