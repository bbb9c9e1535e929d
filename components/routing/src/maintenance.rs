//! Runs maintenance tasks in parts: deleting data and reporting it.
//!
//! A task stores its progress in a tally, so that it can be cut off anywhere and run again: data that is already
//! deleted is not found a second time. It works on ids, not on settings, so that it also works for a shop
//! that is no longer served here. At its end it leaves an audit record without personal data.

mod record;
mod report;
mod sweep;

use model::jobs::{MaintenanceKind, MaintenanceTask};
use model::pages::Deleted;
use model::{EventId, ShopId, ShopperId};

use crate::capabilities::{Deployment, Failure};
use record::Tally;
use sweep::Subject;

/// The progress of a maintenance task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A part is done: run the task again.
    More,
    /// All data is deleted and recorded. Run the task again after this many milliseconds, for data that is written
    /// late.
    Later(u64),
    /// The task is done.
    Done,
    /// The part failed for this reason and is worth another attempt.
    Retry(String),
    /// The task can never succeed, for this reason.
    Impossible(String),
}

/// How long after its record a redaction deletes pages once more. A worker that looked for the mark of the redaction
/// before it was there may still be writing a page, and would look again and remove it, unless it dies in between. The job
/// is deleted, so no other worker takes it up. No page is written for this long: a job that makes one takes three minutes
/// at most. The mark lasts as long (`NOTE_SECONDS` in `components/caching/src/deletion.rs`), and each deletion renews it.
pub const LATE_MS: u64 = 5 * 60 * 1_000;

/// Runs one part of a maintenance task.
pub fn run<D: Deployment>(deployment: &D, task: &MaintenanceTask) -> Progress {
    match advance(deployment, &task.shop, &task.cause, &Plan::of(&task.kind)) {
        Ok(progress) => progress,
        Err(Failure::Unavailable(reason)) => Progress::Retry(reason),
        Err(Failure::Invalid(reason)) => Progress::Impossible(reason),
    }
}

/// The steps of a maintenance task.
struct Plan {
    /// The name of the task in the audit record.
    name: &'static str,
    /// The customer or other shopper whom the task is about; `None` if it is about the whole shop.
    customer: Option<ShopperId>,
    steps: &'static [Step],
}

/// A step of a maintenance task. Each step repeats until it finds nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Deletes jobs, which takes them from their workers. Pages are deleted afterwards, so that none is stored later.
    Jobs,
    /// Deletes pages and plans.
    Pages,
    /// Deletes entries whose keys name the shop or the customer.
    Keys,
    /// Deletes entries whose keys do not, but whose content names the shop or the customer.
    Journals,
    /// Writes the report of the customer's data.
    Report,
    /// Deletes pages once more, after the record was written: see [`LATE_MS`].
    LatePages,
}

/// Jobs are deleted once more at the end: until the session was deleted, a visit may have requested a page with its
/// signals. So are pages: one may have been on its way into the cache while its job was deleted. Steps are only ever added
/// at the end, because the tally of a task that an earlier release began names a step by its place.
const REDACTION: &[Step] =
    &[Step::Jobs, Step::Pages, Step::Keys, Step::Journals, Step::Jobs, Step::Pages, Step::LatePages];

const REPORT: &[Step] = &[Step::Report];

impl Plan {
    fn of(kind: &MaintenanceKind) -> Self {
        let (name, customer, steps) = match kind {
            MaintenanceKind::Uninstalled => ("app/uninstalled", None, &[Step::Jobs, Step::Pages][..]),
            MaintenanceKind::RedactShop => ("shop/redact", None, REDACTION),
            MaintenanceKind::RedactCustomer(id) => ("customers/redact", Some(id.into()), REDACTION),
            MaintenanceKind::RedactShopper(id) => ("shopper/erase", Some(id.person()), REDACTION),
            MaintenanceKind::ReportCustomer(id) => ("customers/data_request", Some(id.into()), REPORT),
            MaintenanceKind::ReportShopper(id) => ("shopper/export", Some(id.person()), REPORT),
        };
        Self { name, customer, steps }
    }
}

/// Runs a bounded part of the task's current step.
fn advance<D: Deployment>(
    deployment: &D,
    shop: &ShopId,
    cause: &EventId,
    plan: &Plan,
) -> Result<Progress, Failure> {
    let mut tally = Tally::recall(deployment, shop, cause)?;
    if let Some(wait_ms) = tally.wait_ms(deployment.now_ms()) {
        return Ok(Progress::Later(wait_ms));
    }
    if let Some(step) = plan.steps.get(tally.step).copied() {
        let Deleted { count, more } = perform(deployment, shop, cause, plan, step, &mut tally)?;
        tally.add(step.noun(), count);
        if !more {
            tally.begin_next();
        }
    }
    match plan.steps.get(tally.step) {
        Some(Step::LatePages) if !tally.is_recorded() => {
            tally.record(deployment, shop, cause, plan.name, deployment.now_ms())?;
            Ok(Progress::Later(LATE_MS))
        }
        Some(_) => tally.keep(deployment, shop, cause).map(|()| Progress::More),
        None => tally.close(deployment, shop, cause, plan.name, deployment.now_ms()).map(|()| Progress::Done),
    }
}

fn perform<D: Deployment>(
    deployment: &D,
    shop: &ShopId,
    cause: &EventId,
    plan: &Plan,
    step: Step,
    tally: &mut Tally,
) -> Result<Deleted, Failure> {
    let subject = Subject { shop, customer: plan.customer.as_ref() };
    match step {
        Step::Jobs => deployment.delete_jobs(shop, subject.customer),
        Step::Pages | Step::LatePages => deployment.delete_pages(shop, subject.customer),
        Step::Keys => sweep::keys(deployment, &subject),
        Step::Journals => sweep::journals(deployment, &subject, &mut tally.after),
        Step::Report => {
            let Some(customer) = subject.customer else { return Ok(sweep::NOTHING) };
            report::write(deployment, shop, customer, cause)
        }
    }
}

impl Step {
    /// Returns the name under which the step's items are counted.
    fn noun(self) -> &'static str {
        match self {
            Self::Jobs => "orders",
            Self::Pages | Self::LatePages => "pages",
            Self::Keys => "entries",
            Self::Journals => "journal_entries",
            Self::Report => "reports",
        }
    }
}
