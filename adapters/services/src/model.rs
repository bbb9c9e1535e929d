//! Asking the language model: one question, bounded in time as a whole, retries and pauses included.
//!
//! The native host's client keeps a breaker, a budget and a number of places beside this. They need a
//! memory that outlives a request, which an instance here does not have.

use std::time::Duration;

use portable::document::Llm;
use portable::llm::exchange::{self, Answer, RESPONSE_BYTES_MAX};
use portable::llm::{Completion, Error, Failure, Patience, Request, SchemaMode};
use portable::{Secret, millis};

/// The platform, as a question needs it.
pub trait Outbound {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
    /// 64 random bits.
    fn random(&self) -> u64;
    /// Waits.
    fn sleep(&self, pause: Duration);
    /// Sends a question and waits for the whole answer: status, `retry-after`, content.
    fn post(&self, question: Question<'_>) -> Result<(u16, Option<String>, Vec<u8>), Unanswered>;
}

/// A question on its way.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Where it goes.
    pub url: &'a str,
    /// The bearer token.
    pub key: Option<&'a Secret>,
    /// JSON.
    pub body: &'a [u8],
    /// How long the answer may take.
    pub timeout: Duration,
    /// How much of it is read, in bytes.
    pub answer_bytes_max: usize,
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// It did not arrive in time.
    Timeout,
    /// It had no end.
    TooLarge,
    /// The endpoint was not reached, or it broke off.
    Failed,
}

/// The model that the operator chose.
pub struct Model<'a> {
    /// How it is asked.
    pub settings: &'a Llm,
    /// Its key, if it wants one.
    pub key: Option<&'a Secret>,
}

impl Model<'_> {
    /// Asks, and waits for the whole answer.
    pub fn complete(&self, outbound: &impl Outbound, request: &Request) -> Result<Completion, Error> {
        let base_url = self.settings.address(self.key.is_some()).ok_or(Error::NotConfigured)?;
        let url = exchange::address(base_url)
            .ok_or_else(|| Error::Rejected("the model's address is no http or https address".into()))?;
        let started_ms = outbound.now_ms();
        let elapsed = || Duration::from_millis(outbound.now_ms().saturating_sub(started_ms));
        let timeout = Duration::from_millis(self.settings.timeout_ms);
        let backoff = Duration::from_millis(self.settings.backoff_ms);
        let mut patience = Patience::new(self.settings.retries, backoff, timeout);
        let mut mode = SchemaMode::from(self.settings.schema_mode);
        loop {
            let left = timeout.saturating_sub(elapsed());
            if millis(left) == 0 {
                return Err(Error::Timeout);
            }
            let failure = match self.ask(outbound, request, url.as_str(), mode, left) {
                Ok(completion) => return Ok(completion),
                Err(failure) => failure,
            };
            if failure == Failure::Renegotiated {
                mode = SchemaMode::JsonObject;
            }
            outbound.sleep(patience.pause(failure, elapsed(), outbound.random())?);
        }
    }

    fn ask(
        &self,
        outbound: &impl Outbound,
        request: &Request,
        url: &str,
        mode: SchemaMode,
        timeout: Duration,
    ) -> Result<Completion, Failure> {
        let body = exchange::body(request, &self.settings.model, mode, &self.settings.extra_members())?;
        let question =
            Question { url, key: self.key, body: &body, timeout, answer_bytes_max: RESPONSE_BYTES_MAX };
        let (status, retry_after, body) = outbound.post(question).map_err(|unanswered| match unanswered {
            Unanswered::Timeout => Failure::Final(Error::Timeout),
            Unanswered::TooLarge => Failure::Lie,
            Unanswered::Failed => Failure::Transient(None),
        })?;
        let answer = Answer { status, retry_after: retry_after.as_deref(), body: &body };
        answer.read(mode, self.key, outbound.now_ms())
    }
}

#[cfg(test)]
mod tests;
