//! A queue that records requests and does none of the work.

use model::jobs::{Ending, Enqueued, GenerationRequest, MaintenanceTask, State, Work};
use model::pages::Deleted;
use model::{Persona, ShopId, ShopperId, Signals};

use super::{Fake, SHOP_ID, delete};
use crate::{Failure, JobError, Member, Queue};

/// A generation request, accepted or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requested {
    pub(crate) visitor: String,
    pub(crate) work: Work,
    pub(crate) signals: Signals,
    pub(crate) persona: Option<Persona>,
    /// The market, such as `DE-DE`; empty for the shop's own.
    pub(crate) market: String,
}

impl Requested {
    /// Returns a generation request in the shop's own market.
    pub(crate) fn of(work: Work, signals: Signals) -> Self {
        Self { visitor: "magic-wands:abc123".into(), work, signals, persona: None, market: String::new() }
    }
}

impl Queue for Fake {
    fn enqueue(&self, request: GenerationRequest) -> Result<Enqueued, Failure> {
        self.asked("queue", "queue.enqueue")?;
        let GenerationRequest { shop, shopper, work, signals, persona, market, page } = request;
        assert_eq!(page, shopper.page(), "the kind of page is that of its id");
        let market = if market.is_own() { String::new() } else { market.to_string() };
        let visitor = format!("{shop}:{shopper}");
        self.page_requests.borrow_mut().push(Requested { visitor, work, signals, persona, market });
        Ok(self.enqueued.clone())
    }

    fn enqueue_maintenance(&self, task: MaintenanceTask) -> Result<(), Failure> {
        self.asked("queue", "queue.enqueue-maintenance")?;
        self.maintenance_tasks.borrow_mut().push(task);
        Ok(())
    }

    fn delete_jobs(&self, shop: &ShopId, shopper: Option<&ShopperId>) -> Result<Deleted, Failure> {
        self.asked("queue", "queue.delete").map(|()| delete(&self.live, shop, shopper))
    }

    fn status(&self, _: &ShopId, _: &ShopperId) -> Result<Option<State>, Failure> {
        self.asked("queue", "queue.status").map(|()| self.state)
    }

    fn pool(&self) -> Result<Vec<Member>, Failure> {
        let name = "pool-0".to_owned();
        let member = Member { name, queued: 1, running: 2, dead: 3, depth_max: 4, oldest_ms: None };
        self.asked("queue", "queue.pool").map(|()| vec![member])
    }

    fn errors(&self, limit: u32) -> Result<Vec<JobError>, Failure> {
        self.asked("queue", "queue.errors")?;
        let error = |at_ms| JobError {
            at_ms,
            job: "job-1".into(),
            shop: SHOP_ID.into(),
            cause: Some(model::Cause::Auth),
            reason: "the model said \"no\"".into(),
            ending: Ending::Retry,
        };
        Ok((0..u64::from(limit)).rev().map(error).collect())
    }
}
