//! When to ask a model's endpoint again, and when to give up. Time and randomness are arguments.

use std::time::Duration;

use upstream::millis;

use crate::dialect::Part;
use crate::{Cause, Failed};

/// How long a page does not ask an endpoint again, after calls that may have cost something and returned no answer. It
/// is longer than a job waits.
pub(crate) const AFTER_PAYING: Duration = Duration::from_mins(1);
/// The longest pause that we choose.
const BACKOFF_MAX: Duration = Duration::from_secs(8);

/// The reason why an attempt gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The cause.
    pub(crate) cause: Cause,
    /// The beginning of the endpoint's message, made fit for a log.
    pub(crate) said: String,
    /// The remedy.
    pub(crate) remedy: Remedy,
}

/// The remedy after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Ask again after a pause, which the endpoint may have named.
    Wait(Option<Duration>),
    /// Ask once more: the reply is no answer, which may be an accident.
    AskOnce,
    /// Ask without the part that the endpoint refused, or may have refused.
    AskWithout {
        /// The part.
        part: Part,
        /// How likely that is.
        certainty: Certainty,
    },
    /// Asking again does not help.
    Nothing,
}

/// How likely it is that a refusal is about a part of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// The endpoint names it.
    Said,
    /// The endpoint refuses the request without saying why.
    Likely,
    /// The endpoint may just be down.
    Unlikely,
}

impl Failure {
    /// Creates a failure without words of the endpoint.
    pub(crate) fn new(cause: Cause, remedy: Remedy) -> Self {
        Self { cause, said: String::new(), remedy }
    }

    /// Adds the endpoint's words.
    pub(crate) fn saying(self, said: impl Into<String>) -> Self {
        Self { said: said.into(), ..self }
    }

    /// Converts the failure for the report; `retry_after_ms` says when it is worth asking again, if at all.
    pub(crate) fn reported(self, retry_after_ms: Option<u64>) -> Failed {
        Failed { cause: self.cause, said: self.said, retry_after_ms }
    }
}

/// The retries that are left to one question.
#[derive(Debug)]
pub(crate) struct Retries {
    left: u32,
    backoff: Duration,
    /// Whether a reply was no answer.
    was_odd: bool,
    deadline: Duration,
}

impl Retries {
    /// Allows at most `retries` further attempts, none of which starts after `deadline`. If the endpoint names no time,
    /// the first pause is about `backoff` long, and each later one twice as long as the one before. Times count from
    /// when the question was first asked.
    pub(crate) fn new(retries: u32, backoff: Duration, deadline: Duration) -> Self {
        Self { left: retries, backoff, was_odd: false, deadline }
    }

    /// Returns whether there is another attempt.
    pub(crate) fn has_retries(&self) -> bool {
        self.left > 0
    }

    /// Returns how long to pause before asking again after `failure`, or the final failure. Asking in another dialect
    /// is decided elsewhere.
    pub(crate) fn pause(&mut self, failure: Failure, now: Duration, random: u64) -> Result<Duration, Failed> {
        let backoff = jittered(self.backoff, random);
        let (pause, retry_after_ms) = match failure.remedy {
            Remedy::Nothing | Remedy::AskWithout { .. } => return Err(failure.reported(None)),
            Remedy::AskOnce if self.was_odd => return Err(failure.reported(None)),
            Remedy::AskOnce => (backoff, None),
            Remedy::Wait(after) => {
                let pause = after.unwrap_or(backoff);
                (pause, Some(millis(pause)))
            }
        };
        if self.left == 0 || now + pause >= self.deadline {
            return Err(failure.reported(retry_after_ms));
        }
        self.left -= 1;
        self.backoff = (self.backoff * 2).min(BACKOFF_MAX);
        self.was_odd |= failure.remedy == Remedy::AskOnce;
        Ok(pause)
    }
}

/// Returns half of `pause` plus up to another half at random, so that clients that failed together do not retry
/// together.
fn jittered(pause: Duration, random: u64) -> Duration {
    let half = pause / 2;
    half + Duration::from_millis(random % (millis(half) + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn retries(retries: u32, now: Duration) -> Retries {
        Retries::new(retries, Duration::from_millis(250), now + Duration::from_mins(1))
    }

    fn waiting(after: Option<Duration>) -> Failure {
        Failure::new(Cause::Unreachable, Remedy::Wait(after))
    }

    #[test]
    fn a_passing_fault_is_retried_so_many_times_and_then_reported() {
        let now = Duration::from_secs(5);
        let mut retries = retries(2, now);
        for _ in 0..2 {
            assert!(retries.pause(waiting(None), now, 0).is_ok());
        }
        let failed = retries.pause(waiting(None), now, 0).unwrap_err();
        assert!(failed.retry_after_ms > Some(0), "{failed:?}");
    }

    #[test]
    fn an_endpoint_that_names_a_time_gets_it_if_there_is_time() {
        let now = Duration::from_secs(5);
        let soon = waiting(Some(Duration::from_secs(5)));
        assert_eq!(retries(1, now).pause(soon, now, 0), Ok(Duration::from_secs(5)));
        let late = waiting(Some(Duration::from_mins(1)));
        assert_eq!(retries(1, now).pause(late.clone(), now, 0), Err(late.reported(Some(60_000))));
    }

    #[test]
    fn a_malformed_answer_is_retried_once() {
        let now = Duration::from_secs(5);
        let mut retries = retries(5, now);
        let odd = Failure::new(Cause::Format, Remedy::AskOnce);
        assert!(retries.pause(odd.clone(), now, 0).is_ok());
        assert_eq!(retries.pause(odd.clone(), now, 0), Err(odd.reported(None)));
    }

    #[test]
    fn final_failures_are_not_retried() {
        let now = Duration::from_secs(5);
        let failure = Failure::new(Cause::Quota, Remedy::Nothing);
        assert_eq!(retries(5, now).pause(failure.clone(), now, 0), Err(failure.reported(None)));
    }

    proptest! {
        #[test]
        fn pauses_double_up_to_a_limit(random: u64) {
            let now = Duration::from_secs(5);
            let mut retries = Retries::new(9, Duration::from_secs(1), now + Duration::from_mins(1));
            for seconds in [1, 2, 4, 8, 8, 8] {
                let longest = Duration::from_secs(seconds);
                let pause = retries.pause(waiting(None), now, random).unwrap();
                prop_assert!(pause >= longest / 2 && pause <= longest, "{:?}", pause);
            }
        }
    }
}
