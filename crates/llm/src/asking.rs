//! One question in progress: what to send next, and what a reply means. The host sends, waits and counts the cost.

use std::time::Duration;

use upstream::retry_after;

use crate::dialect::{Dialect, Memory, Part};
use crate::estimate::tokens;
use crate::explanation::{Explanation, tame};
use crate::heard::{Heard, is_json};
use crate::judge::judge;
use crate::policy::{Certainty, Failure, Patience, Remedy};
use crate::question::{Endpoint, Question, question};
use crate::{Cause, Completion, Ending, Failed, Request, documents};

/// The statuses of success (RFC 9110, section 15.3).
const SUCCESS: std::ops::Range<u16> = 200..300;
/// Gateways also use it for faults that have no status of their own.
const BAD_REQUEST: u16 = 400;
const REQUEST_TIMEOUT: u16 = 408;
const SERVER_ERROR: u16 = 500;

/// One question in progress.
#[derive(Debug)]
pub struct Asking<'a> {
    endpoint: Endpoint<'a>,
    request: &'a Request,
    dialect: Dialect,
    patience: Patience,
    /// The first refusal that may be about the form of the answer.
    doubt: Option<(Certainty, Failure)>,
}

/// The result of sending a question.
#[derive(Debug, Clone, Copy)]
pub enum Reply<'a> {
    /// An answer, whole or cut short.
    Answer {
        /// The status code.
        status: u16,
        /// The value of `retry-after`.
        retry_after: Option<&'a str>,
        /// The content, as far as it arrived.
        body: &'a [u8],
        /// Whether all of it arrived.
        is_whole: bool,
    },
    /// Nothing was sent: the endpoint was not reached.
    Unsent,
    /// The connection broke off.
    Broken,
    /// The content exceeds the limit.
    TooLarge,
}

/// The cost and result of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// `None` for an answer.
    pub cause: Option<Cause>,
    /// Tokens of the question.
    pub tokens_in: u32,
    /// Tokens of the answer.
    pub tokens_out: u32,
    /// Whether the question left the process.
    pub was_sent: bool,
    /// Whether the endpoint works, even if it did not answer this question.
    pub is_healthy: bool,
    /// The member of the request that is no longer sent, or sent in another way.
    pub left_out: Option<String>,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// There is an answer.
    Done(Completion),
    /// Ask again after this long. The question may differ, because the endpoint refused a part of it.
    Again(Duration),
    /// Give up.
    Failed(Failed),
}

impl<'a> Asking<'a> {
    /// Begins with what `memory` knows about the endpoint.
    pub fn new(
        endpoint: Endpoint<'a>,
        request: &'a Request,
        patience: Patience,
        memory: &mut Memory,
        now_ms: u64,
    ) -> Self {
        let dialect = memory.recall(endpoint.mode, now_ms);
        Self { endpoint, request, dialect, patience, doubt: None }
    }

    /// Returns the question to send.
    pub fn question(&self) -> Result<Question, Failed> {
        let no_schema =
            || Failure::new(Cause::Format, Remedy::Nothing).saying("the schema is not JSON").reported(None);
        question(self.request, &self.endpoint, &self.dialect).ok_or_else(no_schema)
    }

    /// Decides what to do after a reply to `sent`. `elapsed` is the time since the question was first asked.
    pub fn hear(
        &mut self,
        reply: Reply<'_>,
        sent: &Question,
        memory: &mut Memory,
        (elapsed, now_ms): (Duration, u64),
        random: u64,
    ) -> (Call, Next) {
        let ((tokens_in, tokens_out), outcome) = self.read(reply, sent, now_ms);
        let mut call = Call {
            cause: outcome.as_ref().err().map(|failure| failure.cause),
            tokens_in,
            tokens_out,
            was_sent: !matches!(reply, Reply::Unsent),
            is_healthy: is_healthy(&outcome),
            left_out: None,
        };
        let was_taken = matches!(reply, Reply::Answer { status, .. } if SUCCESS.contains(&status));
        let took_form =
            was_taken && outcome.as_ref().err().is_none_or(|failure| failure.remedy == Remedy::Nothing);
        if let Some((certainty, _)) = self.doubt.as_ref().filter(|_| took_form) {
            memory.keep(self.dialect.clone(), *certainty != Certainty::Unlikely, now_ms);
        }
        let next = match outcome {
            Ok(completion) => Next::Done(completion),
            Err(Failure { remedy: Remedy::AskWithout { part, certainty }, cause, said }) => {
                let failure = Failure { cause, said, remedy: Remedy::Nothing };
                let before = self.dialect.clone();
                let next = self.without(&part, certainty, failure, (elapsed, random));
                call.left_out = (self.dialect != before).then(|| part.name().to_owned());
                if certainty == Certainty::Said {
                    memory.keep(self.dialect.clone(), true, now_ms);
                }
                next
            }
            Err(failure) => self.wait(failure, elapsed, random),
        };
        (call, next)
    }

    /// Asks again without the part that was refused, if it is still sent. A refusal costs no money, so this uses no
    /// attempt, unless the endpoint may just be down.
    fn without(
        &mut self,
        part: &Part,
        certainty: Certainty,
        failure: Failure,
        (elapsed, random): (Duration, u64),
    ) -> Next {
        let next = self.dialect.without(part).filter(|_| certainty == Certainty::Said || self.sends_form());
        let (Some(dialect), false) = (next, certainty == Certainty::Unlikely && !self.patience.has_retries())
        else {
            return self.give_up(failure, certainty, elapsed, random);
        };
        self.dialect = dialect;
        if certainty == Certainty::Said {
            return Next::Again(Duration::ZERO);
        }
        let (certainty, failure) = self.doubt.get_or_insert((certainty, failure)).clone();
        match certainty {
            Certainty::Unlikely => {
                self.wait(Failure { remedy: Remedy::Wait(None), ..failure }, elapsed, random)
            }
            Certainty::Said | Certainty::Likely => Next::Again(Duration::ZERO),
        }
    }

    fn sends_form(&self) -> bool {
        self.question().is_ok_and(|question| question.members.contains_key(crate::dialect::RESPONSE_FORMAT))
    }

    /// Gives up, because nothing is left to leave out: the refusal was not about the form, and the first one counts.
    fn give_up(&mut self, failure: Failure, certainty: Certainty, elapsed: Duration, random: u64) -> Next {
        let (certainty, failure) = self.doubt.take().unwrap_or((certainty, failure));
        let is_down = certainty == Certainty::Unlikely;
        let remedy = if is_down { Remedy::Wait(None) } else { Remedy::Nothing };
        self.wait(Failure { remedy, ..failure }, elapsed, random)
    }

    fn wait(&mut self, failure: Failure, elapsed: Duration, random: u64) -> Next {
        self.patience.pause(failure, elapsed, random).map_or_else(Next::Failed, Next::Again)
    }

    /// Returns the cost of a call, and the answer or the reason why there is none.
    fn read(
        &self,
        reply: Reply<'_>,
        sent: &Question,
        now_ms: u64,
    ) -> ((u32, u32), Result<Completion, Failure>) {
        // The cost of an answer that did not arrive completely is unknown.
        let unseen = (sent.tokens_in, sent.tokens_out_max);
        let passing = |said: &str| Err(Failure::new(Cause::Unreachable, Remedy::Wait(None)).saying(said));
        match reply {
            Reply::Unsent => ((0, 0), passing("it was not reached")),
            Reply::Broken => (unseen, passing("the connection broke off")),
            Reply::TooLarge => {
                let failure = Failure::new(Cause::Format, Remedy::AskOnce);
                (unseen, Err(failure.saying("the answer is longer than is read")))
            }
            Reply::Answer { status, body, is_whole, .. } if SUCCESS.contains(&status) => {
                self.answer(body, is_whole, sent)
            }
            Reply::Answer { status, retry_after: header, body, .. } => {
                let after = header.and_then(|header| retry_after(header, now_ms));
                let heard = Heard::of(documents::read(body));
                let explanation = Explanation::read(body, self.endpoint.model);
                let failure = self.refusal(status, after, &explanation, sent);
                (cost(status, &heard, sent, &failure), Err(failure))
            }
        }
    }

    fn refusal(
        &self,
        status: u16,
        after: Option<Duration>,
        explanation: &Explanation,
        sent: &Question,
    ) -> Failure {
        let said = [format!("status {status}"), explanation.said(self.endpoint.key)];
        let said = said.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>();
        judge(status, after, explanation, sent).saying(said.join(": "))
    }

    /// Judges an error under a status of success by the status that it names.
    fn error(&self, explanation: &Explanation, sent: &Question) -> Failure {
        match explanation.status {
            Some(status) => self.refusal(status, None, explanation, sent),
            None => judge(BAD_REQUEST, None, explanation, sent).saying(explanation.said(self.endpoint.key)),
        }
    }

    fn answer(
        &self,
        body: &[u8],
        is_whole: bool,
        sent: &Question,
    ) -> ((u32, u32), Result<Completion, Failure>) {
        let documents = documents::read(body);
        let start = documents.text.clone();
        let heard = Heard::of(documents);
        if let Some(error) = heard.error.as_ref().filter(|_| !is_json(&heard.text)) {
            let explanation = Explanation::of(error, self.endpoint.model);
            let status = explanation.status.unwrap_or(BAD_REQUEST);
            let failure = self.error(&explanation, sent);
            let tokens = if heard.is_answer {
                heard.tokens(sent.tokens_in)
            } else {
                cost(status, &heard, sent, &failure)
            };
            return (tokens, Err(failure));
        }
        if heard.is_cut || !is_whole && !heard.is_answer {
            let failure = Failure::new(Cause::Unreachable, Remedy::Wait(None));
            return ((sent.tokens_in, sent.tokens_out_max), Err(failure.saying("the answer broke off")));
        }
        let (tokens_in, tokens_out) = heard.tokens(sent.tokens_in);
        let tokens_out = if heard.is_answer || heard.has_figures() {
            tokens_out
        } else {
            tokens([body]).min(sent.tokens_out_max)
        };
        ((tokens_in, tokens_out), self.completion(&heard, (tokens_in, tokens_out), &start))
    }

    fn completion(
        &self,
        heard: &Heard,
        (tokens_in, tokens_out): (u32, u32),
        start: &str,
    ) -> Result<Completion, Failure> {
        let tamed = |text: &str| tame(text, self.endpoint.key);
        let failure = |cause, said: String| Err(Failure::new(cause, Remedy::Nothing).saying(said));
        let (text, is_all) = heard.bounded_text();
        if heard.is_thinking() {
            return failure(Cause::Thinking, tamed(&heard.reasoning));
        }
        if text.trim().is_empty() {
            return match heard.ending() {
                _ if heard.is_refusal() => failure(Cause::Refusal, tamed(&heard.refusal)),
                Ending::Filter => failure(Cause::Filter, String::new()),
                Ending::Length => failure(Cause::Length, String::new()),
                Ending::Complete => {
                    let said = if heard.is_answer {
                        "the answer has no text".to_owned()
                    } else {
                        no_completion(&tamed(start))
                    };
                    Err(Failure::new(Cause::Format, Remedy::AskOnce).saying(said))
                }
            };
        }
        let model = if heard.model.is_empty() { self.endpoint.model } else { &heard.model };
        let ending = if is_all { heard.ending() } else { Ending::Length };
        Ok(Completion { text: text.to_owned(), model: model.to_owned(), tokens_in, tokens_out, ending })
    }
}

fn no_completion(start: &str) -> String {
    let colon = if start.is_empty() { "" } else { ": " };
    format!("the answer is no chat completion{colon}{start}")
}

/// Returns the cost of a refused call: the endpoint's figures, or nothing if it refused before a model saw the
/// question. If a server failed, a model may have seen it.
fn cost(status: u16, heard: &Heard, sent: &Question, failure: &Failure) -> (u32, u32) {
    let is_failure = status == REQUEST_TIMEOUT || status >= SERVER_ERROR;
    let is_about_form =
        matches!(failure.remedy, Remedy::AskWithout { certainty: Certainty::Said | Certainty::Likely, .. });
    match (heard.has_figures(), is_failure && !is_about_form) {
        (true, _) => heard.tokens(0),
        (false, true) => (sent.tokens_in, 0),
        (false, false) => (0, 0),
    }
}

fn is_healthy(outcome: &Result<Completion, Failure>) -> bool {
    let Err(failure) = outcome else { return true };
    match failure.remedy {
        Remedy::AskOnce => false,
        Remedy::Wait(_) => failure.cause == Cause::Rate,
        Remedy::AskWithout { certainty, .. } => certainty != Certainty::Unlikely,
        Remedy::Nothing => true,
    }
}
