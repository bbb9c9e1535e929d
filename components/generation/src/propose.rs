//! Who plans: the model if it can be had, the local planner if not, and for how long that stands.
//!
//! It never gives up: a model that fails for good, or answers twice what cannot be used, costs a
//! shopper nothing but the model's plan.

use names::{Cause, Source};

use crate::answer;
use crate::capabilities::{Completion, Ending, Failed, Host, Level, NoAnswer};
use crate::check::{Checked, Problem, check};
use crate::generate::{Job, Outcome, Trouble};
use crate::persona::Reading;
use crate::planner;
use crate::prompt::{self, Request};
use crate::storefront::Storefront;

/// The longest that a job waits for the model to be back, where there is another attempt.
const WAIT_MS_MAX: u64 = 30_000;
/// How long a local plan stands, at the least, where the model is only away.
const AWAY_MS_MIN: u64 = 60_000;
/// How long a local plan stands, at the most, where there is a model but no plan of its. Whatever the cause is, it
/// can be gone at any time: a key is repaired, a budget renewed, an endpoint up again. Shoppers are not to see a
/// stand-in for much longer than that, and what is asked again at shorter intervals costs more than it helps.
const STAND_IN_MS_MAX: u64 = 600_000;
/// What a log line holds of a text that came from elsewhere, in characters.
const CAUSE_CHARS_MAX: usize = 200;

/// A plan, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The plan.
    pub plan: Checked,
    /// Who planned it.
    pub source: Source,
    /// What went wrong on the way.
    pub trouble: Option<Trouble>,
    /// It is to count as fresh no longer than that, for something better is to be had soon.
    pub fresh_ms_max: Option<u64>,
}

/// Plans a page. The outcome, if the job had better be tried again later.
pub fn propose(
    host: &impl Host,
    job: &Job,
    reading: &Reading,
    storefront: &Storefront,
) -> Result<Proposal, Outcome> {
    let planning = Planning { host, job, reading, storefront };
    if storefront.assortment.offered().next().is_none() {
        // A model has nothing to choose from.
        return planning.locally(None, Some(STAND_IN_MS_MAX));
    }
    let request = prompt::request(reading, &job.signals, storefront);
    match planning.ask(&request) {
        Ok(answer) => match planning.judge(&answer) {
            Ok(plan) => Ok(by_model(plan)),
            // What is asked again is filtered again. A worker that died may have done so while it asked again, and
            // each crash is to cost no more than one call.
            Err(problems) if answer.ending == Ending::Filter || job.crashed => {
                planning.stand_in(useless(answer.ending, refused("language model", &problems)))
            }
            Err(problems) => planning.repair(&prompt::repair(request, &answer.text, &problems)),
        },
        Err(no_answer) => planning.without_model(no_answer),
    }
}

struct Planning<'a, H> {
    host: &'a H,
    job: &'a Job,
    reading: &'a Reading,
    storefront: &'a Storefront,
}

impl<H: Host> Planning<'_, H> {
    fn ask(&self, request: &Request) -> Result<Completion, NoAnswer> {
        let answer = self.host.complete(request);
        match &answer {
            Ok(answer) => self.tell_of_answer(answer),
            Err(NoAnswer::NotConfigured) => {}
            Err(NoAnswer::Failed(failed)) => self.tell_of_failure(failed),
        }
        answer
    }

    fn judge(&self, answer: &Completion) -> Result<Checked, Vec<Problem>> {
        let read = answer::read(&answer.text, answer.ending).map_err(|problem| vec![problem]);
        let judged = read.and_then(|plan| check(plan, self.storefront));
        judged.inspect_err(|problems| self.tell_of_problems(problems))
    }

    /// The one more time that the model is asked. Whatever fails here is not tried again: that
    /// would pay for the first answer twice.
    fn repair(&self, request: &Request) -> Result<Proposal, Outcome> {
        let trouble = match self.ask(request) {
            Ok(answer) => match self.judge(&answer) {
                Ok(plan) => return Ok(by_model(plan)),
                Err(problems) => {
                    useless(answer.ending, format!("{}, twice", refused("language model", &problems)))
                }
            },
            Err(NoAnswer::NotConfigured) => useless(Ending::Complete, "the plan was refused".to_owned()),
            Err(NoAnswer::Failed(failed)) => Trouble {
                cause: Some(failed.cause),
                reason: format!("the plan was refused, and then {failed}"),
            },
        };
        self.stand_in(trouble)
    }

    /// A model that is away may be back soon: the job waits for it if it can.
    fn without_model(&self, no_answer: NoAnswer) -> Result<Proposal, Outcome> {
        let NoAnswer::Failed(failed) = no_answer else { return self.locally(None, None) };
        let trouble = Trouble { cause: Some(failed.cause), reason: failed.to_string() };
        match failed.retry_after_ms {
            None => self.stand_in(trouble),
            Some(wait_ms) if self.job.last || wait_ms > WAIT_MS_MAX => {
                self.locally(Some(trouble), Some(wait_ms.clamp(AWAY_MS_MIN, STAND_IN_MS_MAX)))
            }
            after_ms => Err(Outcome::Retry { after_ms, trouble }),
        }
    }

    fn stand_in(&self, trouble: Trouble) -> Result<Proposal, Outcome> {
        self.locally(Some(trouble), Some(STAND_IN_MS_MAX))
    }

    fn locally(&self, trouble: Option<Trouble>, fresh_ms_max: Option<u64>) -> Result<Proposal, Outcome> {
        let plan = planner::plan(self.reading.persona, &self.job.signals, self.storefront);
        let plan = check(plan, self.storefront);
        let plan = plan.map_err(|problems| Outcome::Failed(refused("local planner", &problems)))?;
        Ok(Proposal { plan, source: Source::Local, trouble, fresh_ms_max })
    }

    fn tell_of_answer(&self, answer: &Completion) {
        let particulars = [
            ("model", &*shortened(&answer.model)),
            ("tokens_in", &*answer.tokens_in.to_string()),
            ("tokens_out", &*answer.tokens_out.to_string()),
            ("ending", answer.ending.name()),
        ];
        self.host.event(Level::Info, "the language model answered", &particulars);
    }

    fn tell_of_failure(&self, failed: &Failed) {
        let particulars = [("cause", failed.cause.name()), ("said", &*shortened(&failed.said))];
        self.host.event(Level::Warn, "the language model gave no answer", &particulars);
    }

    fn tell_of_problems(&self, problems: &[Problem]) {
        let reason = refused("language model", problems);
        self.host.event(Level::Warn, "a plan was refused", &[("cause", &reason)]);
    }
}

fn by_model(plan: Checked) -> Proposal {
    Proposal { plan, source: Source::Llm, trouble: None, fresh_ms_max: None }
}

/// An answer that cannot be used.
fn useless(ending: Ending, reason: String) -> Trouble {
    let cause = match ending {
        Ending::Complete => Cause::Format,
        Ending::Length => Cause::Length,
        Ending::Filter => Cause::Filter,
    };
    Trouble { cause: Some(cause), reason }
}

/// Where the first problem is, and not what it is: a path holds no word of the model's.
fn refused(planner: &str, problems: &[Problem]) -> String {
    let first = problems.first().map_or("", |problem| &problem.path);
    format!("the plan of the {planner} was refused: {} problems, the first at {first}", problems.len())
}

fn shortened(text: &str) -> String {
    text.chars().take(CAUSE_CHARS_MAX).collect()
}
