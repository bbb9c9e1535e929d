//! The task of a job: a page or a maintenance task.

use model::jobs::{GenerationRequest, MaintenanceTask};
use model::{InvalidId, InvalidMarket, ShopId};
use serde::Deserialize;

use crate::policy::Pool;
use crate::{generation_request, maintenance};

/// The task of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// A page.
    Page(GenerationRequest),
    /// Work for a shop that makes no page.
    Maintenance(MaintenanceTask),
}

/// The reason why a payload is not a task. The message goes into the journal, so it does not repeat the payload.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidPayload {
    #[error("invalid task: wrong JSON in line {}, column {}", .0.line(), .0.column())]
    Json(#[from] serde_json::Error),
    #[error("invalid task: this release does not know form {0}")]
    Form(u32),
    #[error("{0}")]
    Id(#[from] InvalidId),
    #[error("invalid task: {0}")]
    Market(#[from] InvalidMarket),
}

/// The field that every payload has.
#[derive(Deserialize)]
struct Form {
    form: u32,
}

impl Task {
    /// Returns the shop.
    pub fn shop(&self) -> &ShopId {
        match self {
            Self::Page(request) => &request.shop,
            Self::Maintenance(maintenance) => &maintenance.shop,
        }
    }

    /// Decodes a task from a payload.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, InvalidPayload> {
        let Form { form } = serde_json::from_slice(bytes)?;
        match form {
            generation_request::FORM => generation_request::decode(bytes).map(Self::Page),
            maintenance::FORM => maintenance::decode(bytes).map(Self::Maintenance),
            other => Err(InvalidPayload::Form(other)),
        }
    }

    /// Returns the pool's terms for the task.
    pub(crate) fn terms(&self, pool: Pool) -> Pool {
        match self {
            Self::Page(_) => pool,
            Self::Maintenance(_) => pool.for_maintenance(),
        }
    }

    /// Removes the customer's id from a text for the operator.
    pub(crate) fn impersonal(&self, text: String) -> String {
        match self {
            Self::Page(_) => text,
            Self::Maintenance(task) => maintenance::without_customer(task, text),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn decoding_any_bytes_as_a_task_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Task::decode(&bytes).is_err());
        }
    }

    #[test]
    fn errors_about_a_payload_do_not_repeat_it() {
        let wrong = Task::decode(br#"{"form":1,"store":"magic-wands","shopper":7041}"#).unwrap_err();
        assert_eq!(wrong.to_string(), "invalid task: wrong JSON in line 1, column 46");
        let wrong = Task::decode(br#"{"form":3}"#).unwrap_err();
        assert_eq!(wrong.to_string(), "invalid task: this release does not know form 3");
    }
}
