//! What shops ask for apart from pages, in parts: forgetting, and telling what is kept.
//!
//! A maintenance task keeps where it is in a tally, so that it may be cut off anywhere and run again: what is gone
//! already is not found a second time. It works on ids, not on settings, so that it does its work for a shop
//! that is no longer served here. At its end it leaves an audit record, without personal data.

mod record;
mod report;
mod sweep;

use names::{EventId, Key, ShopperId, StoreId};

use crate::capabilities::{Deployment, Failure, Forgotten, MaintenanceKind};
use record::Tally;
use sweep::Subject;

/// How far a maintenance task got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A part is done: run it again.
    More,
    /// It is done.
    Done,
    /// Worth another attempt.
    Retry(Failure),
    /// Not worth one, with the reason.
    Impossible(String),
}

/// Does a part of a maintenance task: of the shop `store`, following from the event `cause`.
pub fn run<D: Deployment>(deployment: &D, store: &str, cause: &str, kind: &MaintenanceKind) -> Progress {
    let (store, cause) = match (StoreId::parse(store), EventId::parse(cause)) {
        (Ok(store), Ok(cause)) => (store, cause),
        (Err(wrong), _) | (_, Err(wrong)) => return Progress::Impossible(wrong.to_string()),
    };
    let plan = match Plan::of(kind) {
        Ok(plan) => plan,
        Err(wrong) => return Progress::Impossible(wrong.to_string()),
    };
    match advance(deployment, &store, &cause, &plan) {
        Ok(true) => Progress::Done,
        Ok(false) => Progress::More,
        Err(failure) => Progress::Retry(failure),
    }
}

/// What a maintenance task comes to.
struct Plan {
    /// What it is called in the audit record.
    name: &'static str,
    /// Of the shop, or of one of its customers.
    customer: Option<ShopperId>,
    steps: &'static [Step],
}

/// A step of a maintenance task. Each is done until nothing more is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Forgets jobs. Whoever works on one has lost it, so that pages are forgotten after them.
    Jobs,
    /// Forgets pages and plans.
    Pages,
    /// Removes what is kept under keys that name shop or customer.
    Keys,
    /// Removes what is kept under keys that do not, but says whose it is.
    Journals,
    /// Puts together what is kept of the customer.
    Report,
}

/// Pages come last once more: one may have been on its way into the cache while its job was forgotten.
const FORGET: &[Step] = &[Step::Jobs, Step::Pages, Step::Keys, Step::Journals, Step::Pages];

impl Plan {
    fn of(kind: &MaintenanceKind) -> Result<Self, names::WrongId> {
        let (name, customer, steps) = match kind {
            MaintenanceKind::Uninstalled => ("app/uninstalled", None, &[Step::Jobs, Step::Pages][..]),
            MaintenanceKind::RedactShop => ("shop/redact", None, FORGET),
            MaintenanceKind::RedactCustomer(id) => ("customers/redact", Some(id), FORGET),
            MaintenanceKind::ReportCustomer(id) => ("customers/data_request", Some(id), &[Step::Report][..]),
        };
        Ok(Self { name, customer: customer.map(|id| ShopperId::customer(id)).transpose()?, steps })
    }
}

/// Goes on with a maintenance task, by a bounded part of one step; true once all of it is done.
fn advance<D: Deployment>(
    deployment: &D,
    store: &StoreId,
    cause: &EventId,
    plan: &Plan,
) -> Result<bool, Failure> {
    let mut tally = Tally::recall(deployment, store, cause)?;
    if let Some(step) = plan.steps.get(tally.step).copied() {
        let Forgotten { count, more } = perform(deployment, store, cause, plan, step, &mut tally)?;
        tally.add(step.noun(), count);
        if !more {
            tally.begin_next();
        }
    }
    if tally.step < plan.steps.len() {
        tally.keep(deployment, store, cause)?;
        return Ok(false);
    }
    tally.close(deployment, store, cause, plan.name, deployment.now_ms())?;
    Ok(true)
}

fn perform<D: Deployment>(
    deployment: &D,
    store: &StoreId,
    cause: &EventId,
    plan: &Plan,
    step: Step,
    tally: &mut Tally,
) -> Result<Forgotten, Failure> {
    let subject = Subject { store, customer: plan.customer.as_ref() };
    match step {
        Step::Jobs => deployment.forget_jobs(store, subject.customer),
        Step::Pages => deployment.forget_pages(store, subject.customer),
        Step::Keys => sweep::keys(deployment, &subject, &Key::Tally(store, cause).to_string()),
        Step::Journals => sweep::journals(deployment, &subject, &mut tally.after),
        Step::Report => {
            let Some(customer) = subject.customer else { return Ok(sweep::NOTHING) };
            report::write(deployment, store, customer, cause)
        }
    }
}

impl Step {
    /// What it counts.
    fn noun(self) -> &'static str {
        match self {
            Self::Jobs => "orders",
            Self::Pages => "pages",
            Self::Keys => "entries",
            Self::Journals => "journal_entries",
            Self::Report => "reports",
        }
    }
}
