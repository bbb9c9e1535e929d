//! A deterministic simulation of the whole pure logic together: the real routing, queueing and caching, the real loop of a
//! worker (`crates/drain`), the real arithmetic of budgets (`crates/llm`) and the real statements of jobs and budgets on
//! a real SQLite database, over simulated storage, time and hosts.
//!
//! Everything is drawn from a seed. Each call that the product makes of storage, jobs or the budget is a turn: before it,
//! other tasks may run and a host may die. Nothing here decides what the product does, and generation is a stand-in.
//!
//! A [`Day`] of many visits runs on the same parts without faults, and with the real generation, and says what it costs.

mod actor;
mod bug;
mod bytes;
mod day;
mod delivery;
mod generation;
mod history;
mod kv;
mod ledger;
mod page;
mod random;
mod request;
mod run;
mod shop;
mod simulation;
mod sqlite;
mod task;
mod worker;
mod world;

pub use bug::Bug;
pub use day::{Day, Outcome};
pub use run::{Failure, Runner, SEED_VARIABLE};
