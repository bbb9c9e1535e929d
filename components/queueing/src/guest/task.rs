//! Conversions between jobs and their WIT types.

use model::{InvalidId, Market, Persona};

use super::bindings::wandstore::storefront::{catalog_types, job_types as wit, shopper_types};
use super::parse;
use crate::{GenerationRequest, Job, Signals, Task, Work};

/// The reason why a WIT value is not a valid task.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTask {
    /// An id is invalid.
    #[error(transparent)]
    Id(#[from] InvalidId),
    /// The market is invalid.
    #[error("market may hold only codes of a country and a language in upper case")]
    Market,
}

impl From<InvalidTask> for wit::QueueError {
    fn from(wrong: InvalidTask) -> Self {
        Self::Invalid(wrong.to_string())
    }
}

impl From<Job> for wit::Job {
    fn from(job: Job) -> Self {
        let Job { lease, attempt, last, crashed, task } = job;
        Self { lease: lease.into(), attempt, last, crashed, task: task.into() }
    }
}

impl From<Task> for wit::Task {
    fn from(task: Task) -> Self {
        match task {
            Task::Page(request) => Self::Page(request.into()),
            Task::Maintenance(maintenance) => Self::Maintenance(maintenance.into()),
        }
    }
}

impl TryFrom<wit::GenerationRequest> for GenerationRequest {
    type Error = InvalidTask;

    fn try_from(request: wit::GenerationRequest) -> Result<Self, InvalidTask> {
        let (shop, shopper) = parse(&request.shop, &request.shopper)?;
        let market =
            Market::of(&request.market.country, &request.market.language).ok_or(InvalidTask::Market)?;
        let (work, signals) = (request.work.into(), request.signals.into());
        Ok(Self { shop, shopper, work, signals, persona: request.persona.map(Into::into), market })
    }
}

impl From<GenerationRequest> for wit::GenerationRequest {
    fn from(request: GenerationRequest) -> Self {
        let (country, language) = (request.market.country().to_owned(), request.market.language().to_owned());
        Self {
            shop: request.shop.to_string(),
            shopper: request.shopper.to_string(),
            work: request.work.into(),
            signals: request.signals.into(),
            persona: request.persona.map(Into::into),
            market: catalog_types::Market { country, language },
        }
    }
}

model::conversions!(enum Persona as shopper_types::Persona { Minimalist, Explorer, Dealhunter, Loyalist });
model::conversions!(enum Work as wit::Work { Generate, Rerender });
model::conversions!(struct Signals as shopper_types::Signals {
    visits, views, searches, filters, sorts, carted, purchased
});
