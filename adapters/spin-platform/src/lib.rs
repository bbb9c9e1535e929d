//! Spin as a host: every capability of `wit/capabilities`, over Spin's SQLite, variables and outbound HTTP and over WASI's
//! clocks, randomness and log. It is one component, because each component of a composition has a memory of its own.
//!
//! The storage and the services are those of `adapters/backends` and `adapters/services`. It knows nothing about pages
//! or shoppers and decides nothing about them. No error that it returns and no line that it logs holds a header field,
//! a parameter or a query.
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
mod ambient;
#[cfg(target_arch = "wasm32")]
#[path = "../../backends/src/guest.rs"]
mod backends;
#[cfg(target_arch = "wasm32")]
mod bindings;
#[cfg(target_arch = "wasm32")]
mod guest;
#[cfg(target_arch = "wasm32")]
mod lease;
#[cfg(target_arch = "wasm32")]
mod platform;
#[cfg(target_arch = "wasm32")]
#[path = "../../services/src/guest.rs"]
mod services;

pub use address::{Address, InvalidAddress, Scheme};
#[cfg(target_arch = "wasm32")]
use guest::Component;
pub use line::{Level, line};
