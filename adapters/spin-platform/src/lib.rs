//! Spin as a platform: its SQLite, variables and outbound HTTP, and WASI's clocks, randomness and log.
//!
//! It knows nothing of pages, jobs or shoppers, decides nothing about them, and is the only component
//! of the composition that reaches Spin, but for HTTP's other end (`adapters/spin-front`). No error
//! that it returns and no line that it logs holds a header field, a parameter or a query.

mod address;
mod line;

#[cfg(target_arch = "wasm32")]
mod guest;
#[cfg(target_arch = "wasm32")]
mod outbound;
#[cfg(target_arch = "wasm32")]
mod sql;

pub use address::{Address, Scheme, WrongAddress};
pub use line::{Level, line};
