//! The front of the Spin application: HTTP of WASI 0.3, by the Spin SDK.
//!
//! Spin lets an instance of it serve many requests at once. It holds one memory, keeps fresh pages for less than a
//! second, waits for pages that are being made, and forwards everything else to the storefront
//! (`adapters/spin-storefront`), a component of the same application. If that fails, it answers as `crates/routes` says,
//! so that no failure becomes an error page. It decides nothing about a shop, and knows no secret.
//!
//! ```
//! let entries = vec![("Authorization".into(), b"Bearer open-sesame".to_vec())];
//! assert_eq!(spin_front::fields(entries)?, [("authorization".to_owned(), "Bearer open-sesame".to_owned())]);
//! # Ok::<(), spin_exchange::Refusal>(())
//! ```

mod kept;
mod request;
mod retry;
mod waiting;

#[cfg(target_arch = "wasm32")]
mod guest;
#[cfg(target_arch = "wasm32")]
mod received;
#[cfg(target_arch = "wasm32")]
mod storefront;
#[cfg(target_arch = "wasm32")]
mod time;

pub use kept::{Kept, Page};
pub use request::{
    announced, body_bytes_max, client, fields, is_forwarded, refuses_kept, route, target, wants_events,
};
pub use retry::{LOOK_MS, jobs_pause_ms, pause_ms, turn_ms};
pub use waiting::{Events, Step, Waiting};
