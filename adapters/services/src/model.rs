//! Asking the language model: one question, bounded in time as a whole, retries and pauses included.
//!
//! The native host's client keeps a breaker, a budget and a number of places beside this. They need a
//! memory that outlives an instance. What an endpoint does not understand is remembered as long as there is one.

use std::time::Duration;

use portable::document::Llm;
use portable::llm::exchange::{self, RESPONSE_BYTES_MAX};
use portable::llm::{
    Asking, Cause, Completion, Endpoint, Error, Failed, Memory, Next, Patience, Reply, Request,
};
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
    /// Asks, and waits for the whole answer. `memory` is what is known of the endpoint.
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
