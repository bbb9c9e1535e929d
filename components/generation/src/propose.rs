//! Chooses the planner, and how long its plan stays fresh: the model if it is available, else the local planner.
//!
//! A model failure never costs a shopper the page. The model's answer is mended where possible ([`crate::salvage`]);
//! the model is asked a second time only if too little is left. If that fails too, the local planner replaces it.

use std::cell::RefCell;

use model::jobs::{Outcome, Trouble, Work};
use model::llm::Request;
use model::origin::Account;
use model::{Cause, PageKind, Source};

use crate::account::Telling;
use crate::answer;
use crate::capabilities::{Completion, Ending, Failed, Host, Level, NoAnswer};
use crate::check::{Checked, Problem, check};
use crate::draft;
use crate::form;
use crate::job::Job;
use crate::mended::codes;
use crate::offer::{Offer, PRODUCTS_FEW, PRODUCTS_MAX};
use crate::persona::Reading;
use crate::plan::Plan;
use crate::planner;
use crate::prompt::{self, CALLS_MAX};
use crate::salvage::{Salvaged, Unusable, salvage};
use crate::season::Today;
use crate::storefront::Storefront;

/// The longest that a job waits for the model to recover, if the job has another attempt.
const WAIT_MS_MAX: u64 = 30_000;
/// The shortest time that a local plan stays fresh while the model is temporarily unavailable.
pub const AWAY_MS_MIN: u64 = 60_000;
/// The longest time that a local plan stays fresh if there is a model that gave no plan. The cause can disappear
/// at any time: a key is repaired, a budget renewed, an endpoint up again. Shoppers should not see a stand-in for
/// much longer than that, and asking at shorter intervals costs more than it helps.
const STAND_IN_MS_MAX: u64 = 600_000;
/// How long a page stays fresh that was to be planned without the model: long enough for the open page to fetch it, so
/// that the shopper's next view is the first to find it stale.
pub const FIRST_VIEW_MS: u64 = 10_000;
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
    /// How it was made.
    pub account: Account,
}

/// Plans a page. Fails with the job's outcome if the job cannot go on, such as when it must be tried again later.
pub fn propose(
    host: &impl Host,
    job: &Job,
    reading: &Reading,
    storefront: &Storefront,
) -> Result<Proposal, Outcome> {
    Planning::new(host, job, reading, storefront).propose()
}

/// Plans a page for all shoppers of the persona, whichever shopper the job is for. The caller removes the shopper's
/// signals from the job, and the products that their searches found from the storefront. `reasons` are those for which
/// the merchant rejected plans before it.
pub fn propose_for_all(
    host: &impl Host,
    job: &Job,
    reading: &Reading,
    storefront: &Storefront,
    reasons: &[String],
) -> Result<Proposal, Outcome> {
    Planning { is_shared: true, reasons, ..Planning::new(host, job, reading, storefront) }.propose()
}

/// Plans a page locally, which is fresh for at most `fresh_ms_max`.
pub fn propose_locally(
    host: &impl Host,
    job: &Job,
    reading: &Reading,
    storefront: &Storefront,
    trouble: Option<Trouble>,
    fresh_ms_max: Option<u64>,
) -> Result<Proposal, Outcome> {
    Planning::new(host, job, reading, storefront).locally(trouble, fresh_ms_max)
}

struct Planning<'a, H> {
    host: &'a H,
    job: &'a Job,
    reading: &'a Reading,
    storefront: &'a Storefront,
    /// The local planner's plan, which supplies what the model's lacks.
    local: Plan,
    /// Whether the plan is for all shoppers of the persona.
    is_shared: bool,
    /// What the model was asked, and what became of its answers.
    telling: RefCell<Telling>,
    /// Why the merchant rejected plans before this one.
    reasons: &'a [String],
}

impl<'a, H: Host> Planning<'a, H> {
    fn new(host: &'a H, job: &'a Job, reading: &'a Reading, storefront: &'a Storefront) -> Self {
        let local = planner::plan(reading.persona, &job.request.signals, storefront);
        let (reasons, telling) = (&[][..], RefCell::default());
        Self { host, job, reading, storefront, local, is_shared: false, reasons, telling }
    }

    fn propose(&self) -> Result<Proposal, Outcome> {
        if self.storefront.assortment.offered().next().is_none() {
            // The model would have no products to choose from.
            return self.locally(None, Some(STAND_IN_MS_MAX));
        }
        if !self.host.is_configured() {
            return self.locally(None, None);
        }
        if self.job.request.work == Work::PlanLocally {
            return self.locally(None, Some(FIRST_VIEW_MS));
        }
        // The planned part of a page with a subject names no products. A few are enough to show what the shop sells.
        let full = if self.storefront.page.has_subject() { PRODUCTS_FEW } else { PRODUCTS_MAX };
        let offer = self.offer(full);
        if !form::has_copy(&offer, self.storefront) {
            return self.locally(None, None);
        }
        let planned = match self.plan(self.request(&offer), &offer) {
            // A refusal costs nothing.
            Err(NoAnswer::Failed(failed)) if failed.cause == Cause::Context => {
                let offer = self.offer(PRODUCTS_FEW);
                self.plan(prompt::cut(self.request(&offer)), &offer)
            }
            planned => planned,
        };
        planned.unwrap_or_else(|no_answer| self.without_model(no_answer))
    }

    fn offer(&self, products_max: usize) -> Offer<'a> {
        let (job, storefront) = (self.job, self.storefront);
        let today = Today::at(self.host.now_ms(), &job.request.market);
        Offer::on(today, self.reading, &job.request.signals, &storefront.assortment, products_max)
    }

    fn request(&self, offer: &Offer<'_>) -> Request {
        if self.is_shared {
            let Self { reading, storefront, local, reasons, .. } = self;
            return prompt::request_for_all(reading.persona, storefront, offer, local, reasons);
        }
        prompt::request(self.reading, &self.job.request.signals, self.storefront, offer, &self.local)
    }

    /// Lets the model plan a page of the offered products. Fails if it gives no answer at all.
    fn plan(&self, request: Request, offer: &Offer<'_>) -> Result<Result<Proposal, Outcome>, NoAnswer> {
        let answer = self.ask(&request)?;
        let unusable = match self.judge(&answer, offer) {
            Ok(plan) => return Ok(Ok(self.by_model(plan))),
            Err(unusable) => unusable,
        };
        // The same request would be filtered again. If a worker died, it may have died during the repair call, and a
        // crash must not cost more than one call.
        if answer.ending == Ending::Filter || self.job.crashed || answer.calls >= CALLS_MAX {
            return Ok(self.stand_in(useless(answer.ending, &unusable, "")));
        }
        let problems = unusable.for_model(answer.ending, self.storefront.page);
        let request = Request { calls_max: CALLS_MAX - answer.calls, ..request };
        Ok(self.repair(&prompt::repair(request, &answer.text, &problems), offer))
    }

    fn ask(&self, request: &Request) -> Result<Completion, NoAnswer> {
        let answer = self.host.complete(request);
        match &answer {
            Ok(answer) => {
                self.tell_of_answer(answer);
                self.telling.borrow_mut().answered(request, answer);
            }
            Err(NoAnswer::NotConfigured) => {}
            Err(NoAnswer::Failed(failed)) => self.tell_of_failure(failed),
        }
        answer
    }

    /// Makes a page of an answer.
    fn judge(&self, answer: &Completion, offer: &Offer<'_>) -> Result<Checked, Unusable> {
        let found = answer::find(&answer.text);
        let draft = found.map(|found| draft::read(found, offer, self.storefront)).unwrap_or_default();
        let unreadable = draft.unreadable;
        let salvaged = salvage(draft, &self.local, self.storefront);
        self.tell_of_plan(&salvaged, unreadable);
        self.telling.borrow_mut().judged(&salvaged);
        salvaged.map(|salvaged| salvaged.plan)
    }

    /// Asks the model a second time, to repair its plan. A failure here is not retried, because that would pay for
    /// the first answer twice.
    fn repair(&self, request: &Request, offer: &Offer<'_>) -> Result<Proposal, Outcome> {
        let trouble = match self.ask(request) {
            Ok(answer) => match self.judge(&answer, offer) {
                Ok(plan) => return Ok(self.by_model(plan)),
                Err(unusable) => useless(answer.ending, &unusable, ", twice"),
            },
            Err(NoAnswer::NotConfigured) => {
                Trouble { cause: Some(Cause::Format), reason: "the plan was refused".to_owned() }
            }
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
        let plan = check(self.local.clone(), self.storefront);
        let plan = plan.map_err(|problems| {
            Outcome::Failed(format!("the local planner's plan was refused: {}", first_of(&problems)))
        })?;
        let account = self.telling.take().by_rules(trouble.as_ref(), self.host.now_ms());
        Ok(Proposal { plan, source: Source::Local, trouble, fresh_ms_max, account })
    }

    fn by_model(&self, plan: Checked) -> Proposal {
        let account = self.telling.take().by_model(self.host.now_ms());
        Proposal { plan, source: Source::Llm, trouble: None, fresh_ms_max: None, account }
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

    /// Tells what was mended in a plan, or why it cannot be used.
    fn tell_of_plan(&self, salvaged: &Result<Salvaged, Unusable>, unreadable: usize) {
        let (mended, refused, share) = match salvaged {
            Ok(salvaged) => (codes(&salvaged.mended), &salvaged.refused, salvaged.share),
            Err(unusable) => (String::new(), &unusable.refused, unusable.share),
        };
        let particulars = [
            ("mended", mended.as_str()),
            ("models_blocks", &*format!("{} of {}", share.0, share.1)),
            ("unreadable_blocks", &*unreadable.to_string()),
            ("refused", &*first_of(refused)),
        ];
        match salvaged {
            Ok(_) if mended.is_empty() => {}
            Ok(_) => self.host.event(Level::Info, "a plan was mended", &particulars),
            Err(_) => self.host.event(Level::Warn, "a plan was refused", &particulars),
        }
    }
}

impl Unusable {
    /// Returns the problems for the model, so that it can correct its plan.
    fn for_model(&self, ending: Ending, page: PageKind) -> Vec<Problem> {
        let problem = |what: &str| Problem { path: "answer".to_owned(), what: what.to_owned() };
        match ending {
            Ending::Length => vec![problem("was cut off; be shorter")],
            Ending::Complete | Ending::Filter if self.refused.is_empty() => {
                let parts = if page.has_subject() { "a title" } else { "a title, a hero" };
                vec![problem(&format!("does not follow the form: {parts} and a list of blocks"))]
            }
            Ending::Complete | Ending::Filter => self.refused.clone(),
        }
    }
}

/// Describes an unusable answer.
fn useless(ending: Ending, unusable: &Unusable, times: &str) -> Trouble {
    let cause = match ending {
        Ending::Length => Cause::Length,
        Ending::Filter => Cause::Filter,
        Ending::Complete if unusable.refused.is_empty() => Cause::Format,
        Ending::Complete => Cause::Claims,
    };
    let (models, all) = unusable.share;
    let problems = first_of(&unusable.refused);
    let reason = format!(
        "the plan of the language model was refused{times}: {models} of {all} blocks can be used; {problems}"
    );
    Trouble { cause: Some(cause), reason }
}

/// Describes where the first problem is, but not the problem itself, because the path contains no text of the model.
fn first_of(problems: &[Problem]) -> String {
    match problems.first() {
        None => "no problems".to_owned(),
        Some(first) => format!("{} problems, the first at {}", problems.len(), first.path),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(CAUSE_CHARS_MAX).collect()
}
