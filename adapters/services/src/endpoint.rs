//! Asks the language model one question within one time limit, retries and pauses included.
//!
//! The native host's client also has a breaker, a budget and a limit on concurrent questions. They need a memory that
//! outlives an instance. What an endpoint does not understand is remembered for as long as the instance lives.

use std::time::Duration;

use llm::exchange::{self, RESPONSE_BYTES_MAX};
use llm::{Asking, Cause, Completion, Endpoint, Error, Failed, Memory, Next, Patience, Reply, Request};
use secrets::Secret;
use settings::document::Llm;
use upstream::millis;

/// The platform functions that a question needs.
pub trait Outbound {
    /// Returns the milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
    /// Returns 64 random bits.
    fn random(&self) -> u64;
    /// Waits for `pause`.
    fn sleep(&self, pause: Duration);
    /// Sends a question and waits for the whole answer: status, `retry-after`, content.
    fn post(&self, question: Question<'_>) -> Result<(u16, Option<String>, Vec<u8>), Unanswered>;
}

/// A question to send.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The address.
    pub url: &'a str,
    /// The bearer token.
    pub key: Option<&'a Secret>,
    /// The body, JSON.
    pub body: &'a [u8],
    /// How long the answer may take.
    pub timeout: Duration,
    /// How much of the answer is read, in bytes.
    pub answer_bytes_max: usize,
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// The answer did not arrive in time.
    Timeout,
    /// The answer exceeded the limit.
    TooLarge,
    /// The endpoint was not reached, or the answer broke off.
    Failed,
}

/// The model that the operator chose.
pub struct Model<'a> {
    /// The settings of the model.
    pub settings: &'a Llm,
    /// The key, if the endpoint requires one.
    pub key: Option<&'a Secret>,
}

impl Model<'_> {
    /// Asks, and waits for the whole answer. `memory` holds what is known about the endpoint.
    pub fn complete(
        &self,
        outbound: &impl Outbound,
        memory: &mut Memory,
        request: &Request,
    ) -> Result<Completion, Error> {
        let base_url = self.settings.address(self.key.is_some()).ok_or(Error::NotConfigured)?;
        let no_address = || {
            let said = "the model's address is no http or https address".to_owned();
            Failed { cause: Cause::Model, said, retry_after_ms: None }
        };
        let url = exchange::address(base_url).ok_or_else(no_address)?;
        Ok(self.ask(outbound, memory, request, url.as_str())?)
    }

    fn ask(
        &self,
        outbound: &impl Outbound,
        memory: &mut Memory,
        request: &Request,
        url: &str,
    ) -> Result<Completion, Failed> {
        let started_ms = outbound.now_ms();
        let elapsed = || Duration::from_millis(outbound.now_ms().saturating_sub(started_ms));
        let timeout = Duration::from_millis(self.settings.timeout_ms);
        let backoff = Duration::from_millis(self.settings.backoff_ms);
        let extra = self.settings.extra_members();
        let endpoint = Endpoint {
            model: &self.settings.model,
            key: self.key,
            mode: self.settings.schema_mode.into(),
            extra: &extra,
            omit: &self.settings.omit,
        };
        let patience = Patience::new(self.settings.retries, backoff, timeout);
        let mut asking = Asking::new(endpoint, request, patience, memory, started_ms);
        loop {
            let question = asking.question()?;
            let left = timeout.saturating_sub(elapsed());
            if millis(left) == 0 {
                return Err(late(timeout));
            }
            let body = question.body();
            let posted = outbound.post(Question {
                url,
                key: self.key,
                body: &body,
                timeout: left,
                answer_bytes_max: RESPONSE_BYTES_MAX,
            });
            let reply = match &posted {
                Ok((status, after, body)) => {
                    Reply::Answer { status: *status, retry_after: after.as_deref(), body, is_whole: true }
                }
                Err(Unanswered::Timeout) => return Err(late(timeout)),
                Err(Unanswered::TooLarge) => Reply::TooLarge,
                Err(Unanswered::Failed) => Reply::Broken,
            };
            let now = (elapsed(), outbound.now_ms());
            match asking.hear(reply, &question, memory, now, outbound.random()).1 {
                Next::Done(completion) => return Ok(completion),
                Next::Again(pause) => outbound.sleep(pause),
                Next::Failed(failed) => return Err(failed),
            }
        }
    }
}

fn late(timeout: Duration) -> Failed {
    let said = format!("no whole answer within {} ms", millis(timeout));
    Failed { cause: Cause::Timeout, said, retry_after_ms: Some(0) }
}

#[cfg(test)]
mod tests;
