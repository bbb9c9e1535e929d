//! What a host does at one time: answers a request, works on a job or drains a queue. Every call that it makes of storage,
//! jobs or the budget is a turn, before which others may run, and which may fail.

mod caching;
mod generation;
mod merchant;
mod model_endpoint;
mod queueing;
mod routing;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use ::caching::Cache;
use ::model::{Access, Operation, ShopId, ShopperId};
use ::queueing::Queue;

pub(crate) use generation::make_page;
pub(crate) use model_endpoint::Asked;

use crate::kv::Caller;
use crate::task::{Pause, Suspend};
use crate::world::{Fault, World};

/// The failure of a call that got no answer.
const DOWN: &str = "down";

/// One task of a host.
pub(crate) struct Actor<'a> {
    pub(crate) world: Rc<World>,
    pub(crate) host: usize,
    pub(crate) is_job: bool,
    /// The shop that a job is for.
    pub(crate) shop: Option<ShopId>,
    /// Whose jobs it deletes.
    deletes: RefCell<Option<(ShopId, Option<ShopperId>)>>,
    /// Whether a call got no answer.
    pub(crate) has_failed: Cell<bool>,
    suspend: &'a Suspend,
    contested: RefCell<BTreeSet<String>>,
}

impl<'a> Actor<'a> {
    pub(crate) fn request(world: Rc<World>, host: usize, suspend: &'a Suspend) -> Self {
        Self {
            world,
            host,
            is_job: false,
            shop: None,
            deletes: RefCell::default(),
            has_failed: Cell::default(),
            suspend,
            contested: RefCell::default(),
        }
    }

    pub(crate) fn job(world: Rc<World>, host: usize, suspend: &'a Suspend, shop: Option<ShopId>) -> Self {
        Self { is_job: true, shop, ..Self::request(world, host, suspend) }
    }

    pub(crate) fn cache(&self) -> Cache<&Self, &Self, &Self> {
        Cache { kv: self, blob: self, operator: self }
    }

    pub(crate) fn queue(&self) -> Queue<&Self, &Self, &Self> {
        Queue { jobs: self, kv: self, operator: self }
    }

    /// Returns the time by the host's clock.
    pub(crate) fn wall_ms(&self) -> u64 {
        self.world.wall_ms(self.host)
    }

    pub(crate) fn pause(&self, pause: Pause) {
        self.suspend.suspend(pause);
    }

    /// Makes a call: in turn, and perhaps without success or an answer.
    pub(crate) fn call<T>(
        &self,
        call: impl Fn() -> String,
        mut carry_out: impl FnMut() -> T,
    ) -> Result<T, String> {
        self.pause(Pause::Turn);
        let world = &self.world;
        world.step.set(world.step.get() + 1);
        let fault = world.fault();
        world.note(|| match fault {
            Fault::None => format!("host {} {}", self.host, call()),
            fault => format!("host {} {} ({fault:?})", self.host, call()),
        });
        self.has_failed.set(self.has_failed.get() || matches!(fault, Fault::Lost | Fault::Unanswered));
        match fault {
            Fault::None => Ok(carry_out()),
            Fault::Lost => Err(DOWN.to_owned()),
            Fault::Unanswered => {
                carry_out();
                Err(DOWN.to_owned())
            }
            Fault::Repeated => {
                carry_out();
                Ok(carry_out())
            }
        }
    }

    /// Runs an operation on key-value storage as this caller.
    fn as_caller<T>(&self, operation: impl FnOnce(Caller<'_>) -> T) -> T {
        let contested = self.contested.borrow();
        operation(Caller {
            host: self.host,
            is_job: self.is_job,
            contested: &contested,
            wall_ms: self.wall_ms(),
            now_ms: self.world.now_ms.get(),
        })
    }

    /// Judges an operation that a host would refuse.
    fn check_entry(&self, access: Access, operation: Operation, store: &str, key: &str) {
        let permitted = access.of_entry(operation, store, key);
        self.world.judge(permitted.map_err(|_| format!("a host refuses to {} {key}", operation.name())));
    }

    fn check_object(&self, operation: Operation, bucket: &str, name: &str) {
        let permitted = Access::CACHING.of_object(operation, bucket, name);
        self.world.judge(permitted.map_err(|_| format!("a host refuses to {} {name}", operation.name())));
    }
}
