//! HTTP by `wasi:http` 0.2, as Spin triggers it: receives a request, sends routing's answer, and then runs the jobs
//! that wait.
//!
//! It never decides which page a shopper gets, reads no page and knows no secret. Spin starts an instance for each
//! request. The instance continues after its answer was sent and runs jobs then, because nobody waits for it any more.
//!
//! ```
//! let fields = spin_front::fields(vec![("Authorization".into(), b"Bearer open-sesame".to_vec())])?;
//! assert_eq!(spin_front::bearer(&fields), Some("open-sesame"));
//! # Ok::<(), spin_front::Refusal>(())
//! ```

mod answer;
mod drain;
mod health;
mod request;
mod waiting;

#[cfg(target_arch = "wasm32")]
mod bindings;
#[cfg(target_arch = "wasm32")]
mod guest;
#[cfg(target_arch = "wasm32")]
mod http;
#[cfg(target_arch = "wasm32")]
mod jobs;

pub use crate::drain::{Bounds, Claim, Ended, Failure, Member, Pool, Progress, Report, drain};
pub use answer::{Answer, Content};
pub use health::{Checks, health, is_due, mark};
pub use request::{Refusal, bearer, body_bytes_max, client, expected_body, fields, route, target};
pub use waiting::{Asked, Asker, events, last_answer};
