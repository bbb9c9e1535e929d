//! Generation requests, maintenance tasks, and the pool that does them.

use names::{Cause, EventId, Market, Persona, ShopperId, StoreId};
use serde::Serialize;

use super::{Failure, Forgotten};
use crate::signals::Signals;

/// The pool of generation workers.
pub trait Queue {
    /// Takes a generation request, durably before it returns.
    fn offer(&self, request: GenerationRequest<'_>) -> Result<Offered, Failure>;
    /// Takes a maintenance task, durably before it returns. There is one for each cause.
    fn entrust(&self, maintenance: MaintenanceTask<'_>) -> Result<(), Failure>;
    /// Forgets some generation requests of a shop: of all shoppers, or of one, in every market.
    fn forget_jobs(&self, store: &StoreId, shopper: Option<&ShopperId>) -> Result<Forgotten, Failure>;
    /// Where a shopper's newest job stands.
    fn status(&self, store: &StoreId, shopper: &ShopperId) -> Result<JobState, Failure>;
    /// How full the pool is.
    fn pool(&self) -> Result<Vec<Member>, Failure>;
    /// What went wrong lately, newest first, at most `limit`.
    fn errors(&self, limit: u32) -> Result<Vec<JobError>, Failure>;
}

/// A wish for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationRequest<'a> {
    /// Whose shop.
    pub store: &'a StoreId,
    /// For whom.
    pub shopper: &'a ShopperId,
    /// What is to be done.
    pub work: Work,
    /// What the shopper did so far.
    pub signals: Signals,
    /// For whom, where that is known beforehand: a page for everybody of whom no more may be known.
    pub persona: Option<Persona>,
    /// Where and in which language they shop.
    pub market: Market,
}

/// Something to be done for a shop, apart from pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceTask<'a> {
    /// Whose shop.
    pub store: &'a StoreId,
    /// What it follows from.
    pub cause: &'a EventId,
    /// When that happened, in milliseconds since the epoch.
    pub happened_ms: u64,
    /// What is to be done.
    pub kind: MaintenanceKind,
}

/// What is to be done for a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MaintenanceKind {
    /// The app was uninstalled: live jobs and pages go.
    Uninstalled,
    /// Everything that is kept of the shop and its shoppers goes.
    RedactShop,
    /// Everything that is kept of a customer goes, by Shopify's id.
    RedactCustomer(String),
    /// What is kept of a customer is put together for the merchant, likewise.
    ReportCustomer(String),
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A plan and its page.
    Generate,
    /// The page again, from the plan that is stored.
    Rerender,
}

/// How a generation request was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offered {
    /// Durably queued, under this job id.
    Accepted(String),
    /// The shopper's live job, which stands.
    Live(String),
    /// Every member of the pool is full.
    Full,
}

/// Where a shopper's newest job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// There is none.
    None,
    /// It waits.
    Queued,
    /// It is under way.
    Running,
    /// Its page is stored.
    Done,
    /// It was given up.
    Dead,
}

impl JobState {
    /// Its name, in lower case.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }
}

/// A member of the pool, and its JSON form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// `pool-0` and so on.
    pub name: String,
    /// Jobs that wait.
    pub queued: u32,
    /// Jobs under way.
    pub running: u32,
    /// Dead letters.
    pub dead: u32,
    /// How many live jobs it takes.
    pub depth_max: u32,
    /// When its oldest live job was offered.
    pub oldest_ms: Option<u64>,
}

/// Something that went wrong in a job, and its JSON form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobError {
    /// When.
    pub at_ms: u64,
    /// Which job.
    pub job: String,
    /// Whose shop.
    pub store: String,
    /// Why the language model gave no plan; `None` where it was something else.
    pub cause: Option<Cause>,
    /// What went wrong.
    pub reason: String,
    /// What became of the job: `done`, `retry` or `dead`.
    pub settled: String,
}
