//! The pool of generation workers: which member gets a job, which jobs are handed out, when a job is
//! tried again and when it is given up.
//!
//! Pure: it reads no clock, draws no random numbers and stores nothing itself. The host implements durable
//! leases ([`Jobs`]); this component is the policy on top. A job is live from its enqueuing until it is completed.
//! Each shopper of a shop has at most one live job, and each claim completes at most once. A job makes a page, which
//! shoppers wait for and request again, or runs a [`MaintenanceTask`], which is requested once and must not be lost.
//!
//! [`MaintenanceTask`]: model::jobs::MaintenanceTask
//!
//! A job goes to the member that its shopper's key hashes to, or else to the next. A failed attempt is repeated after a
//! pause that grows:
//!
//! ```
//! use queueing::{Backoff, member_name, pause_ms, rotation};
//!
//! let members: Vec<_> = rotation("magic-wands:abc123", 3).map(member_name).collect();
//! assert_eq!(members.len(), 3, "every member may take it");
//!
//! let backoff = Backoff { first_ms: 2_000, max_ms: 60_000 };
//! assert_eq!(pause_ms(1, backoff, None, 0), 1_000, "at least half of the span");
//! assert_eq!(pause_ms(2, backoff, None, 0), 2_000);
//! assert_eq!(pause_ms(2, backoff, Some(9_000), 0), 9_000, "a server asked for more");
//! ```

mod capabilities;
mod generation_request;
mod journal;
mod maintenance;
mod payload;
mod policy;
mod queue;
mod task;

#[cfg(test)]
mod fakes;
#[cfg(target_arch = "wasm32")]
mod guest;

pub use capabilities::{Failure, Jobs, Kv, Operator};
pub use journal::Record;
pub use policy::{Backoff, CRASHES_MAX, Pool, member_name, pause_ms, rotation};
pub use queue::{Claimed, Error, Job, Member, Queue};
pub use task::Task;
