//! What workers tell the queue: how the work on a job ended.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Cause;

/// The lease of a job: all that is needed to extend it or to complete the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The job's id.
    pub id: String,
    /// Proof of the lease.
    pub token: u64,
}

/// A problem that occurred in a job. The text contains no words of a shopper or a plan, and no secret; it may contain
/// the start of an endpoint's error text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Why the language model gave no plan; `None` for any other problem.
    pub cause: Option<Cause>,
    /// The problem in words.
    pub reason: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause {
            Some(cause) => write!(f, "{}: {}", cause.name(), self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// The outcome of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The job succeeded. The trouble, if any, occurred on the way.
    Done(Option<Trouble>),
    /// The attempt failed, and another may succeed.
    Retry {
        /// The shortest pause before the next attempt, in milliseconds; `None` leaves it to the queue.
        after_ms: Option<u64>,
        /// The problem that occurred.
        trouble: Trouble,
    },
    /// The job was not tried. It may be claimed again in this many milliseconds, and this claim does not count as an
    /// attempt.
    Postponed(u64),
    /// The job failed finally, for this reason. Another attempt would not help.
    Failed(String),
}

/// What became of a job that had trouble. Stored and shown by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// The job is done.
    Done,
    /// The job must be tried again.
    Retry,
    /// The job was given up.
    Dead,
}

impl Ending {
    /// Returns its name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Retry => "retry",
            Self::Dead => "dead",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_is_stored_by_name() {
        for ending in [Ending::Done, Ending::Retry, Ending::Dead] {
            assert_eq!(serde_json::to_string(&ending).unwrap(), format!("\"{}\"", ending.name()));
        }
    }

    #[test]
    fn a_trouble_is_shown_with_its_cause() {
        let trouble = Trouble { cause: Some(Cause::Rate), reason: "asked too often".into() };
        assert_eq!(trouble.to_string(), "rate: asked too often");
        assert_eq!(Trouble { cause: None, ..trouble }.to_string(), "asked too often");
    }
}
