//! Chooses the planner, and how long its plan stays fresh: the model if it is available, else the local planner.
//!
//! A model failure never costs a shopper the page. If the model fails for good, or answers twice with an unusable
//! plan, the local planner replaces it.

use model::jobs::{Outcome, Trouble};
use model::llm::Request;
use model::{Cause, Source};

use crate::answer;
use crate::capabilities::{Completion, Ending, Failed, Host, Level, NoAnswer};
use crate::check::{Checked, Problem, check};
use crate::job::Job;
use crate::persona::Reading;
use crate::planner;
use crate::prompt;
use crate::storefront::Storefront;

/// The longest that a job waits for the model to recover, if the job has another attempt.
const WAIT_MS_MAX: u64 = 30_000;
/// The shortest time that a local plan stays fresh while the model is temporarily unavailable.
const AWAY_MS_MIN: u64 = 60_000;
/// The longest time that a local plan stays fresh if there is a model that gave no plan. The cause can disappear
/// at any time: a key is repaired, a budget renewed, an endpoint up again. Shoppers should not see a stand-in for
/// much longer than that, and asking at shorter intervals costs more than it helps.
const STAND_IN_MS_MAX: u64 = 600_000;
/// The longest part of a foreign text in a log line, in characters.
const CAUSE_CHARS_MAX: usize = 200;

/// A plan and how it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The plan.
    pub plan: Checked,
    /// Who planned it.
    pub source: Source,
    /// The problem on the way, if any.
    pub trouble: Option<Trouble>,
    /// The longest time that the plan counts as fresh, because a better one may be available soon.
    pub fresh_ms_max: Option<u64>,
}

/// Plans a page. Fails with the job's outcome if the job cannot go on, such as when it is to be tried again later.
pub fn propose(
    host: &impl Host,
    job: &Job,
    reading: &Reading,
    storefront: &Storefront,
) -> Result<Proposal, Outcome> {
    let planning = Planning { host, job, reading, storefront };
    if storefront.assortment.offered().next().is_none() {
        // The model would have no products to choose from.
        return planning.locally(None, Some(STAND_IN_MS_MAX));
    }
    let request = prompt::request(reading, &job.request.signals, storefront);
    match planning.ask(&request) {
        Ok(answer) => match planning.judge(&answer) {
            Ok(plan) => Ok(by_model(plan)),
            // The same request would be filtered again. If a worker died, it may have died during the repair call,
            // and a crash must not cost more than one call.
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

    /// Asks the model a second time, to repair its plan. A failure here is not retried, because that would pay for
    /// the first answer twice.
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

    /// Handles a model that gave no answer. It may recover soon, so the job waits for it if it can.
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
        let plan = planner::plan(self.reading.persona, &self.job.request.signals, self.storefront);
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

/// Describes an unusable answer.
fn useless(ending: Ending, reason: String) -> Trouble {
    let cause = match ending {
        Ending::Complete => Cause::Format,
        Ending::Length => Cause::Length,
        Ending::Filter => Cause::Filter,
    };
    Trouble { cause: Some(cause), reason }
}

/// Describes where the first problem is, but not the problem itself, because the path contains no text of the model.
fn refused(planner: &str, problems: &[Problem]) -> String {
    let first = problems.first().map_or("", |problem| &problem.path);
    format!("the plan of the {planner} was refused: {} problems, the first at {first}", problems.len())
}

fn shortened(text: &str) -> String {
    text.chars().take(CAUSE_CHARS_MAX).collect()
}
