//! One question in progress: what to send next, and what a reply means. The host sends, waits and counts the cost.

use std::time::Duration;

use upstream::millis;

use crate::dialect::{Dialect, Memory, Part};
use crate::endpoint::Endpoint;
use crate::question::Question;
use crate::reader::{Outcome, Reader};
use crate::reply::Reply;
use crate::retries::{AFTER_PAYING, Certainty, Failure, Remedy, Retries};
use crate::wire::{Parts, SchemaMode};
use crate::{Cause, Completion, Failed, Request};

/// One question in progress. A host sends what [`question`](Self::question) returns and passes the reply to
/// [`receive`](Self::receive), until that says that there is an answer or that there will be none.
pub struct Exchange<'a> {
    endpoint: &'a Endpoint,
    request: &'a Request,
    dialect: Dialect,
    retries: Retries,
    /// The number of calls that may have cost something.
    calls: u32,
    /// What all calls cost at the configured prices.
    cost_microdollars: u64,
    /// The first refusal that may be about the form of the answer.
    doubt: Option<(Certainty, Failure)>,
    /// The number of tokens from which on a question is known to be too long for the model.
    too_long: Option<u32>,
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

impl<'a> Exchange<'a> {
    /// Begins a question, with what `memory` knows about the endpoint.
    pub fn new(endpoint: &'a Endpoint, request: &'a Request, memory: &mut Memory, now_ms: u64) -> Self {
        let dialect = memory.recall(endpoint.dialect(), now_ms);
        let too_long = memory.too_long(now_ms);
        let retries = endpoint.retries();
        Self { endpoint, request, dialect, retries, calls: 0, cost_microdollars: 0, doubt: None, too_long }
    }

    /// Returns the question to send. Fails if it is known to be too long for the model: to ask would cost time.
    pub fn question(&self) -> Result<Question, Failed> {
        let no_schema =
            || Failure::new(Cause::Format, Remedy::Nothing).saying("the schema is not JSON").reported(None);
        let question = Question::new(self.request, self.endpoint, &self.dialect).ok_or_else(no_schema)?;
        match self.too_long {
            Some(too_long) if question.tokens_together() >= too_long => {
                let said = format!("not asked, because {too_long} tokens were too many for it before");
                Err(Failure::new(Cause::Context, Remedy::Nothing).saying(said).reported(None))
            }
            _ => Ok(question),
        }
    }

    /// Decides what to do after a reply to `sent`. `elapsed` is the time since the question was first asked.
    pub fn receive(
        &mut self,
        reply: Reply<'_>,
        sent: &Question,
        memory: &mut Memory,
        (elapsed, now_ms): (Duration, u64),
        random: u64,
    ) -> (Call, Next) {
        let outcome = Reader { endpoint: self.endpoint, sent }.read(reply, now_ms);
        let mut call = Call::new(reply, &outcome);
        self.calls += u32::from(call.may_have_cost(reply));
        self.cost_microdollars = self.cost_microdollars.saturating_add(call.cost_microdollars(self.endpoint));
        self.confirm(reply, &outcome, memory, now_ms);
        let next = match outcome.result {
            Ok(completion) => Next::Done(Completion {
                calls: self.calls.max(1),
                cost_microdollars: self.cost_microdollars,
                ..completion
            }),
            Err(Failure { remedy: Remedy::AskWithout { part, certainty }, cause, said }) => {
                let failure = Failure { cause, said, remedy: Remedy::Nothing };
                let before = self.dialect.clone();
                let next = self.without(&part, certainty, failure, (elapsed, random));
                let name = || part.name(self.parts()).to_owned();
                call.left_out = (self.dialect != before).then(name);
                if certainty == Certainty::Said {
                    memory.keep(self.dialect.clone(), true, now_ms);
                }
                next
            }
            Err(failure) if failure.cause == Cause::Context => {
                memory.was_too_long(sent.tokens_together(), now_ms);
                self.wait(failure, elapsed, random)
            }
            Err(failure) if failure.cause == Cause::Thinking => self.give_room(failure, memory, now_ms),
            Err(failure) => self.wait(failure, elapsed, random),
        };
        (call, next)
    }

    /// Remembers a dialect that was a guess, once the endpoint accepted a question in it.
    fn confirm(&self, reply: Reply<'_>, outcome: &Outcome, memory: &mut Memory, now_ms: u64) {
        let is_final = outcome.result.as_ref().err().is_none_or(|failure| failure.remedy == Remedy::Nothing);
        if let Some((certainty, _)) = self.doubt.as_ref().filter(|_| reply.is_success() && is_final) {
            memory.keep(self.dialect.clone(), *certainty != Certainty::Unlikely, now_ms);
        }
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
        let (Some(dialect), false) = (next, certainty == Certainty::Unlikely && !self.retries.has_retries())
        else {
            return self.give_up(failure, certainty, elapsed, random);
        };
        self.dialect = dialect;
        if certainty == Certainty::Said {
            return Next::Again(Duration::ZERO);
        }
        if self.dialect.mode == SchemaMode::None {
            // It may have been about the stream just as well.
            self.dialect.is_streamed = false;
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
        self.question().is_ok_and(|question| question.members.contains_key(self.parts().form))
    }

    fn parts(&self) -> &'static Parts {
        self.endpoint.protocol.wire().parts()
    }

    /// Gives up, because nothing is left to leave out: the refusal was not about the form, and the first one counts.
    fn give_up(&mut self, failure: Failure, certainty: Certainty, elapsed: Duration, random: u64) -> Next {
        let (certainty, failure) = self.doubt.take().unwrap_or((certainty, failure));
        let is_down = certainty == Certainty::Unlikely;
        let remedy = if is_down { Remedy::Wait(None) } else { Remedy::Nothing };
        self.wait(Failure { remedy, ..failure }, elapsed, random)
    }

    /// Asks again with more tokens, once for each model: it may be one that thinks and cannot be told not to.
    fn give_room(&mut self, failure: Failure, memory: &mut Memory, now_ms: u64) -> Next {
        match self.dialect.with_room().filter(|_| self.calls < self.request.calls_max) {
            Some(dialect) => {
                self.dialect = dialect;
                memory.keep(self.dialect.clone(), true, now_ms);
                Next::Again(Duration::ZERO)
            }
            None => Next::Failed(failure.reported(None)),
        }
    }

    fn wait(&mut self, failure: Failure, elapsed: Duration, random: u64) -> Next {
        if self.calls >= self.request.calls_max {
            let is_passing = matches!(failure.remedy, Remedy::Wait(_));
            return Next::Failed(failure.reported(is_passing.then_some(millis(AFTER_PAYING))));
        }
        self.retries.pause(failure, elapsed, random).map_or_else(Next::Failed, Next::Again)
    }
}

impl Call {
    /// Returns whether the provider may charge for the call: a model answered, or may have.
    fn may_have_cost(&self, reply: Reply<'_>) -> bool {
        self.tokens_out > 0 || reply.is_success() && self.tokens_in > 0
    }

    fn cost_microdollars(&self, endpoint: &Endpoint) -> u64 {
        endpoint.prices.cost_microdollars(self.tokens_in.into(), self.tokens_out.into())
    }

    /// The outcome of a call that was not made.
    pub const NOT_MADE: Self =
        Self { cause: None, tokens_in: 0, tokens_out: 0, was_sent: false, is_healthy: true, left_out: None };

    fn new(reply: Reply<'_>, outcome: &Outcome) -> Self {
        let (tokens_in, tokens_out) = outcome.tokens;
        Self {
            cause: outcome.result.as_ref().err().map(|failure| failure.cause),
            tokens_in,
            tokens_out,
            was_sent: !matches!(reply, Reply::Unsent),
            is_healthy: outcome.is_healthy() || reply.was_stopped(),
            left_out: None,
        }
    }
}
