//! HTTP by `wasi:http` 0.2, as Spin triggers it: a request in, routing's answer out, and then the jobs that wait.
//!
//! It never decides which page somebody gets, reads no page and knows no secret. Spin has an instance for each
//! request, which goes on after its answer was sent: there jobs are done, since nobody waits for it any more.

mod answer;
mod drain;
mod health;
mod maintenance;
mod request;
mod waiting;

#[cfg(target_arch = "wasm32")]
mod guest;
#[cfg(target_arch = "wasm32")]
mod http;
#[cfg(target_arch = "wasm32")]
mod jobs;

pub use answer::{Answer, Content};
pub use drain::{Bounds, Claim, Ended, Member, Pool, Report, drain};
pub use health::{Checks, health, is_due, mark};
pub use maintenance::{Run, run};
pub use request::{Method, Refusal, bearer, body_bytes_max, client, expected_body, fields, target};
pub use waiting::{Asked, Asker, events, settled};
