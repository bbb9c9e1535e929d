//! Reads the reply to a question: what the call cost, and the answer or the reason why there is none.

use std::time::Duration;

use serde_json::Value;
use upstream::retry_after;

use crate::answer::{Answer, Form, beyond_thoughts, is_json};
use crate::documents::{self, Documents};
use crate::endpoint::Endpoint;
use crate::estimate::tokens;
use crate::explanation::{Explanation, sanitized};
use crate::judge::judge;
use crate::pieces;
use crate::question::Question;
use crate::reply::{End, Reply};
use crate::retries::{AFTER_PAYING, Certainty, Failure, Remedy};
use crate::{Cause, Completion, Ending};

/// Gateways also use it for faults that have no status of their own.
const BAD_REQUEST: u16 = 400;
const REQUEST_TIMEOUT: u16 = 408;
const SERVER_ERROR: u16 = 500;

/// The content of a reply.
pub(crate) struct Outcome {
    /// The tokens of the question and of the answer.
    pub(crate) tokens: (u32, u32),
    /// The answer, or the reason why there is none.
    pub(crate) result: Result<Completion, Failure>,
}

impl Outcome {
    fn failed(tokens: (u32, u32), failure: Failure) -> Self {
        Self { tokens, result: Err(failure) }
    }

    /// Returns whether the endpoint works, even if it did not answer this question.
    pub(crate) fn is_healthy(&self) -> bool {
        let Err(failure) = &self.result else { return true };
        match failure.remedy {
            Remedy::AskOnce => false,
            Remedy::Wait(_) => failure.cause == Cause::Rate,
            Remedy::AskWithout { certainty, .. } => certainty != Certainty::Unlikely,
            Remedy::Nothing => true,
        }
    }
}

/// Reads replies of an endpoint to a question.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) sent: &'a Question,
}

impl Reader<'_> {
    /// Reads a reply.
    pub(crate) fn read(self, reply: Reply<'_>, now_ms: u64) -> Outcome {
        let unreachable = |said: &str| Failure::new(Cause::Unreachable, Remedy::Wait(None)).saying(said);
        match reply {
            Reply::Unsent => Outcome::failed((0, 0), unreachable("it could not be reached")),
            Reply::Broken => Outcome::failed(self.cost_max(), unreachable("the connection broke off")),
            Reply::TooLarge => {
                let failure = Failure::new(Cause::Format, Remedy::AskOnce);
                Outcome::failed(self.cost_max(), failure.saying("the answer is too long"))
            }
            Reply::Response { body, end, .. } if reply.is_success() => self.answer(body, end),
            Reply::Late | Reply::Response { end: End::Late, .. } => {
                Outcome::failed(self.cost_max(), self.late())
            }
            Reply::Response { status, retry_after: header, body, .. } => {
                let after = header.and_then(|header| retry_after(header, now_ms));
                let answer = self.answer_in(documents::read(body));
                let failure = self.refusal(status, after, &Explanation::read(body, self.endpoint));
                Outcome::failed(self.cost_of_refusal(status, &answer, &failure), failure)
            }
        }
    }

    /// Combines the contents of the documents.
    fn answer_in(self, documents: Documents) -> Answer {
        let mut answer = Answer::default();
        for document in documents.found {
            self.endpoint.protocol.wire().read(document, &mut answer);
        }
        answer.finish(documents.is_over);
        answer
    }

    /// Returns the most that the call may cost, for an answer that did not arrive completely.
    fn cost_max(self) -> (u32, u32) {
        (self.sent.tokens_in, self.sent.tokens_out_max)
    }

    /// Returns the cost of a call whose answer did not arrive completely: of a stream, what arrived of it.
    fn cost_of_part(self, answer: &Answer) -> (u32, u32) {
        match answer.form {
            Some(Form::Chunks) => answer.tokens(self.sent.tokens_in),
            Some(Form::Whole) | None => self.cost_max(),
        }
    }

    /// Returns the cost of a refused call: the endpoint's figures, or nothing if it refused before a model saw the
    /// question. If a server failed, a model may have seen it.
    fn cost_of_refusal(self, status: u16, answer: &Answer, failure: &Failure) -> (u32, u32) {
        let is_failure = status == REQUEST_TIMEOUT || status >= SERVER_ERROR;
        let is_about_form = matches!(
            failure.remedy,
            Remedy::AskWithout { certainty: Certainty::Said | Certainty::Likely, .. }
        );
        match (answer.has_figures(), is_failure && !is_about_form) {
            (true, _) => answer.tokens(0),
            (false, true) => (self.sent.tokens_in, 0),
            (false, false) => (0, 0),
        }
    }

    fn refusal(self, status: u16, after: Option<Duration>, explanation: &Explanation) -> Failure {
        let said = [format!("status {status}"), explanation.said(self.endpoint.key.as_ref())];
        let said = said.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>();
        self.judge(status, after, explanation).saying(said.join(": "))
    }

    fn judge(self, status: u16, after: Option<Duration>, explanation: &Explanation) -> Failure {
        judge(status, after, explanation, self.sent, self.endpoint.protocol.wire().parts())
    }

    /// Judges an error under a status of success by the status that it names, and returns that status.
    fn error(self, error: &Value) -> (u16, Failure) {
        let explanation = Explanation::of(error, self.endpoint);
        if let Some(status) = explanation.status {
            return (status, self.refusal(status, None, &explanation));
        }
        let said = explanation.said(self.endpoint.key.as_ref());
        (BAD_REQUEST, self.judge(BAD_REQUEST, None, &explanation).saying(said))
    }

    /// Returns the outcome of an error in place of an answer.
    fn error_in(self, answer: &Answer, error: &Value) -> Outcome {
        let (status, failure) = self.error(error);
        let tokens = if answer.is_there() {
            answer.tokens(self.sent.tokens_in)
        } else {
            self.cost_of_refusal(status, answer, &failure)
        };
        Outcome::failed(tokens, failure)
    }

    fn late(self) -> Failure {
        let failed = self.endpoint.late();
        Failure::new(failed.cause, Remedy::Wait(Some(AFTER_PAYING))).saying(failed.said)
    }

    /// Returns the failure of an answer that did not arrive completely.
    fn unfinished(self, end: End) -> Failure {
        let again = |cause| Failure::new(cause, Remedy::Wait(None));
        match end {
            End::Whole | End::Broken => again(Cause::Unreachable).saying("the answer broke off"),
            End::Stalled => again(Cause::Timeout).saying("the answer stalled"),
            End::Late => self.late(),
            End::Stopped(wrong) => Failure::new(Cause::Format, Remedy::AskOnce).saying(wrong.to_string()),
        }
    }

    fn answer(self, body: &[u8], end: End) -> Outcome {
        let documents = documents::read(body);
        let start = documents.text.clone();
        let mut answer = self.answer_in(documents);
        let is_json = is_json(&answer.text);
        // A page can be made of the blocks before the damage.
        let is_enough = is_json || pieces::are_enough(beyond_thoughts(&answer.text));
        if let Some(error) = answer.error.as_ref().filter(|_| !is_enough) {
            return self.error_in(&answer, error);
        }
        let was_stopped = matches!(end, End::Stopped(_));
        let is_unfinished = answer.is_cut || was_stopped || end != End::Whole && !answer.is_there();
        if is_unfinished && !is_enough {
            return Outcome::failed(self.cost_of_part(&answer), self.unfinished(end));
        }
        if !is_json && (is_unfinished || answer.error.is_some()) {
            answer.ending = Some(Ending::Length);
        }
        let tokens = self.cost_of_answer(&answer, body);
        let result = self.completion(&answer, &start).map(|completion| Completion {
            tokens_in: tokens.0,
            tokens_out: tokens.1,
            ..completion
        });
        Outcome { tokens, result }
    }

    /// Returns the cost of a call that was not refused. A body that is not recognised as an answer may be one in an
    /// unknown form, so everything in it counts.
    fn cost_of_answer(self, answer: &Answer, body: &[u8]) -> (u32, u32) {
        let (tokens_in, tokens_out) = answer.tokens(self.sent.tokens_in);
        if answer.is_there() || answer.has_figures() {
            (tokens_in, tokens_out)
        } else {
            (tokens_in, tokens([body]).min(self.sent.tokens_out_max))
        }
    }

    /// Returns the completion without its tokens and its cost. `start` is the body's text if it has no document.
    fn completion(self, answer: &Answer, start: &str) -> Result<Completion, Failure> {
        let (text, is_all) = answer.bounded_text();
        if text.trim().is_empty() || answer.is_thinking() {
            return Err(self.without_text(answer, start));
        }
        let model = if answer.model.is_empty() { &self.endpoint.model } else { &answer.model };
        let ending = if is_all { answer.ending() } else { Ending::Length };
        Ok(Completion {
            text: text.to_owned(),
            model: model.clone(),
            configured_model: self.endpoint.model.clone(),
            tokens_in: 0,
            tokens_out: 0,
            ending,
            calls: 0,
            cost_microdollars: 0,
        })
    }

    /// Returns the reason why an answer has no text, or an unfinished thought in its place.
    fn without_text(self, answer: &Answer, start: &str) -> Failure {
        let sanitized = |text: &str| sanitized(text, self.endpoint.key.as_ref());
        let failure = |cause, said: String| Failure::new(cause, Remedy::Nothing).saying(said);
        match answer.ending() {
            _ if answer.is_thinking() => failure(Cause::Thinking, sanitized(&answer.reasoning)),
            _ if answer.is_refusal() => failure(Cause::Refusal, sanitized(&answer.refusal)),
            Ending::Filter => failure(Cause::Filter, String::new()),
            Ending::Length => failure(Cause::Length, String::new()),
            Ending::Complete if answer.is_there() => {
                Failure::new(Cause::Format, Remedy::AskOnce).saying("the answer has no text")
            }
            Ending::Complete => {
                let name = self.endpoint.protocol.wire().answer_name();
                let start = sanitized(start);
                let colon = if start.is_empty() { "" } else { ": " };
                let said = format!("the answer is not a {name}{colon}{start}");
                Failure::new(Cause::Format, Remedy::AskOnce).saying(said)
            }
        }
    }
}
