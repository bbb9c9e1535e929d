//! Asks the language model one question within one time limit, retries and pauses included.
//!
//! The native host's client also has a breaker, a budget and a limit on concurrent questions. They need a memory that
//! outlives an instance. What an endpoint does not understand is remembered for as long as the instance lives.

use std::time::Duration;

use llm::{
    Cause, Completion, End, Endpoint, Error, Exchange, Failed, Memory, Next, Question, Reply, Request,
};
use upstream::millis;

use crate::Configuration;

/// The platform functions that a question needs.
pub trait Outbound {
    /// Returns the milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
    /// Returns 64 random bits.
    fn random(&self) -> u64;
    /// Waits for `pause`.
    fn sleep(&self, pause: Duration);
    /// Posts `body` to the endpoint and waits for the whole answer, for `timeout` at most: status, `retry-after`,
    /// content. The answer may have [`llm::RESPONSE_BYTES_MAX`] bytes.
    fn post(&self, endpoint: &Endpoint, body: &[u8], timeout: Duration) -> Result<Response, Unanswered>;
}

/// A response: status, `retry-after`, content.
pub type Response = (u16, Option<String>, Vec<u8>);

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// The answer did not arrive in time.
    Timeout,
    /// The answer exceeded the limit.
    TooLarge,
    /// The platform does not let the deployment reach the host.
    NotAllowed,
    /// The endpoint was not reached, or the answer broke off.
    Failed,
}

/// Asks the model of `configuration`, and waits for the whole answer. `memory` holds what is known about the endpoint.
pub fn complete(
    configuration: &Configuration,
    outbound: &impl Outbound,
    memory: &mut Memory,
    request: &Request,
) -> Result<Completion, Error> {
    let key = configuration.llm_key.as_ref().map(|key| &key.secret);
    let endpoint = Endpoint::new(&configuration.document.llm, key).map_err(Failed::from)?;
    let endpoint = endpoint.ok_or(Error::NotConfigured)?;
    let started_ms = outbound.now_ms();
    let mut asked = Asked { exchange: Exchange::new(&endpoint, request, memory, started_ms), started_ms };
    loop {
        match asked.ask(&endpoint, outbound, memory)? {
            Next::Done(completion) => return Ok(completion),
            Next::Again(pause) => outbound.sleep(pause),
            Next::Failed(failed) => return Err(failed.into()),
        }
    }
}

/// A question in progress.
struct Asked<'a> {
    exchange: Exchange<'a>,
    started_ms: u64,
}

impl Asked<'_> {
    /// Sends the question once.
    fn ask(
        &mut self,
        endpoint: &Endpoint,
        outbound: &impl Outbound,
        memory: &mut Memory,
    ) -> Result<Next, Failed> {
        let question = self.exchange.question()?;
        let left = endpoint.timeout().saturating_sub(self.elapsed(outbound));
        if millis(left) == 0 {
            return Err(endpoint.late());
        }
        let posted = outbound.post(endpoint, &question.body(), left);
        match posted {
            Err(Unanswered::Timeout) => return Err(endpoint.late()),
            Err(Unanswered::NotAllowed) => return Err(not_allowed()),
            _ => {}
        }
        Ok(self.receive(&posted, &question, outbound, memory))
    }

    fn receive(
        &mut self,
        posted: &Result<Response, Unanswered>,
        question: &Question,
        outbound: &impl Outbound,
        memory: &mut Memory,
    ) -> Next {
        let reply = match posted {
            Ok((status, after, body)) => {
                Reply::Response { status: *status, retry_after: after.as_deref(), body, end: End::Whole }
            }
            Err(Unanswered::TooLarge) => Reply::TooLarge,
            Err(Unanswered::Timeout | Unanswered::NotAllowed | Unanswered::Failed) => Reply::Broken,
        };
        let now = (self.elapsed(outbound), outbound.now_ms());
        self.exchange.receive(reply, question, memory, now, outbound.random()).1
    }

    fn elapsed(&self, outbound: &impl Outbound) -> Duration {
        Duration::from_millis(outbound.now_ms().saturating_sub(self.started_ms))
    }
}

/// The failure of a question to a host that the deployment may not reach. To ask again would not help.
fn not_allowed() -> Failed {
    let said = "this deployment may not reach the host of llm_base_url: set the variable llm_host to its scheme, name \
                and port, such as https://gateway.example:8443";
    Failed { cause: Cause::Model, said: said.to_owned(), retry_after_ms: None }
}

#[cfg(test)]
mod tests;
