//! The task of a job: a page or a maintenance task.

use model::ShopId;
use model::jobs::{GenerationRequest, MaintenanceTask};

use crate::payload::{self, InvalidPayload};
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
        match payload::form(bytes)? {
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
