//! The pool of generation workers: which member gets a job, who may be admitted, when a job is
//! tried again and when it is given up.
//!
//! Pure: it reads no clock, rolls no dice and stores nothing itself. The durable mechanism of
//! leases is the host's ([`Jobs`]); what is here is the policy over it. A job is live from its
//! offer until it is settled, of live jobs there is one per shopper of a shop, and each claim
//! settles at most once. A job is about a page, which shoppers wait for and ask for again, or about an
//! [`MaintenanceTask`], which is asked for once and must not be lost.

mod capabilities;
mod generation_request;
mod journal;
mod maintenance;
mod policy;
mod queue;
mod task;

#[cfg(test)]
mod fakes;
#[cfg(target_arch = "wasm32")]
mod guest;
#[cfg(test)]
mod simulation;

pub use capabilities::{
    Answer, Depth, Failure, Jobs, Kv, Leased, NewJob, Newest, Offered, Operator, Settlement, State,
};
pub use generation_request::{GenerationRequest, Signals, Work};
pub use journal::Record;
pub use maintenance::{CustomerId, MaintenanceKind, MaintenanceTask};
pub use policy::{Backoff, CRASHES_MAX, Pool, member_name, pause_ms, rotation};
pub use queue::{Claimed, Error, Forgotten, Job, Member, Outcome, Queue, Trouble};
pub use task::Task;
