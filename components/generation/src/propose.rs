//! Who plans: the model if it can be had, the local planner if not, and for how long that stands.
//!
//! It never gives up: a model that fails for good, or answers twice what cannot be used, costs a
//! shopper nothing but the model's plan.

use names::Source;

use crate::answer;
use crate::capabilities::{Completion, Host, Level, NoAnswer};
use crate::check::{Checked, Problem, check};
use crate::generate::{Job, Outcome};
use crate::persona::Reading;
use crate::planner;
use crate::prompt::{self, Request};
use crate::storefront::Storefront;

/// The longest that a job waits for the model to be back, where there is another attempt.
const WAIT_MS_MAX: u64 = 30_000;
/// How long a local plan stands, at the least, where the model is only away.
const AWAY_MS_MIN: u64 = 60_000;
/// How long a local plan stands where the model answered twice what cannot be used.
const USELESS_MS: u64 = 600_000;
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
    pub note: Option<String>,
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
    let request = prompt::request(reading, &job.signals, storefront);
    match planning.ask(&request) {
        Ok(answer) => match planning.judge(&answer) {
            Ok(plan) => Ok(by_model(plan)),
            Err(problems) => planning.repair(&prompt::repair(request, &answer.text, &problems)),
        },
        Err(no_answer) => planning.without_model(&no_answer),
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
            Err(no_answer) => self.tell_of_failure(no_answer),
        }
        answer
    }

    fn judge(&self, answer: &Completion) -> Result<Checked, Vec<Problem>> {
        let read = answer::read(&answer.text, answer.complete).map_err(|problem| vec![problem]);
        let judged = read.and_then(|plan| check(plan, self.storefront));
        judged.inspect_err(|problems| self.tell_of_problems(problems))
    }

    /// The one more time that the model is asked. Whatever fails here is not tried again: that
    /// would pay for the first answer twice.
    fn repair(&self, request: &Request) -> Result<Proposal, Outcome> {
        let note = match self.ask(request).map(|answer| self.judge(&answer)) {
            Ok(Ok(plan)) => return Ok(by_model(plan)),
            Ok(Err(problems)) => useless(&problems),
            Err(no_answer) => format!("the plan was refused, and then {no_answer}"),
        };
        self.locally(Some(note), Some(USELESS_MS))
    }

    /// A model that is away may be back soon: the job waits for it if it can.
    fn without_model(&self, no_answer: &NoAnswer) -> Result<Proposal, Outcome> {
        let wait_ms = match no_answer {
            NoAnswer::NotConfigured => return self.locally(None, None),
            NoAnswer::OverBudget | NoAnswer::Rejected(_) => {
                return self.locally(Some(no_answer.to_string()), None);
            }
            NoAnswer::RateLimited(wait_ms) | NoAnswer::Unavailable(wait_ms) => Some(*wait_ms),
            NoAnswer::Timeout => None,
        };
        let reason = no_answer.to_string();
        if self.job.last || wait_ms > Some(WAIT_MS_MAX) {
            self.locally(Some(reason), Some(wait_ms.unwrap_or(0).max(AWAY_MS_MIN)))
        } else {
            Err(Outcome::Retry { after_ms: wait_ms, reason })
        }
    }

    fn locally(&self, note: Option<String>, fresh_ms_max: Option<u64>) -> Result<Proposal, Outcome> {
        let plan = planner::plan(self.reading.persona, &self.job.signals, self.storefront);
        let plan = check(plan, self.storefront);
        let plan = plan.map_err(|problems| Outcome::Failed(refused("local planner", &problems)))?;
        Ok(Proposal { plan, source: Source::Local, note, fresh_ms_max })
    }

    fn tell_of_answer(&self, answer: &Completion) {
        let particulars = [
            ("model", &*shortened(&answer.model)),
            ("tokens_in", &*answer.tokens_in.to_string()),
            ("tokens_out", &*answer.tokens_out.to_string()),
            ("complete", &*answer.complete.to_string()),
        ];
        self.host.event(Level::Info, "the language model answered", &particulars);
    }

    fn tell_of_failure(&self, no_answer: &NoAnswer) {
        let said = if let NoAnswer::Rejected(text) = no_answer { shortened(text) } else { String::new() };
        let particulars = [("cause", &*no_answer.to_string()), ("said", &*said)];
        self.host.event(Level::Warn, "the language model gave no answer", &particulars);
    }

    fn tell_of_problems(&self, problems: &[Problem]) {
        let reason = refused("language model", problems);
        self.host.event(Level::Warn, "a plan was refused", &[("cause", &reason)]);
    }
}

fn by_model(plan: Checked) -> Proposal {
    Proposal { plan, source: Source::Llm, note: None, fresh_ms_max: None }
}

fn useless(problems: &[Problem]) -> String {
    format!("{}, twice", refused("language model", problems))
}

/// Where the first problem is, and not what it is: a path holds no word of the model's.
fn refused(planner: &str, problems: &[Problem]) -> String {
    let first = problems.first().map_or("", |problem| &problem.path);
    format!("the plan of the {planner} was refused: {} problems, the first at {first}", problems.len())
}

fn shortened(text: &str) -> String {
    text.chars().take(CAUSE_CHARS_MAX).collect()
}
