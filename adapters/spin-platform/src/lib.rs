//! Spin as a platform: Spin's SQLite, variables and outbound HTTP, and WASI's clocks, randomness and log.
//!
//! It knows nothing about pages, jobs or shoppers and decides nothing about them. It is the only component of the
//! composition that reaches Spin, except for inbound HTTP (`adapters/spin-front`). No error that it returns and no line
//! that it logs holds a header field, a parameter or a query.
//!
//! ```
//! use spin_platform::{Address, Scheme};
//!
//! let address = Address::parse("https://shop.example/api?page=2").expect("an https address");
//! assert_eq!(address.scheme, Scheme::Https);
//! assert!(Address::parse("ftp://shop.example/").is_err());
//! ```

mod address;
mod line;

#[cfg(target_arch = "wasm32")]
mod bindings;
#[cfg(target_arch = "wasm32")]
mod guest;
#[cfg(target_arch = "wasm32")]
mod outbound;
#[cfg(target_arch = "wasm32")]
mod pause;
#[cfg(target_arch = "wasm32")]
mod sql;

pub use address::{Address, InvalidAddress, Scheme};
pub use line::{Level, line};
