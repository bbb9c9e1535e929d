//! What the two components of the Spin application share: the front (`adapters/spin-front`), which faces the network, and
//! the storefront (`adapters/spin-storefront`), to which it forwards requests.
//!
//! They talk HTTP within the process, by Spin's service chaining. One header field, [`FIELD`], carries what HTTP has no
//! field for. The front drops that field from requests that come from outside.
//!
//! ```
//! use spin_exchange::{Arrival, Forwarded, Purpose};
//!
//! let client = "192.0.2.1".parse().ok();
//! let forwarded = Forwarded { purpose: Purpose::Answer, client, body: Arrival::Absent };
//! assert_eq!(Forwarded::read(&forwarded.text()), Some(forwarded));
//! ```

mod forwarded;
#[cfg(target_arch = "wasm32")]
pub mod http;
mod refusal;

pub use forwarded::{Arrival, FIELD, Forwarded, Purpose, Reply};
pub use refusal::{Refusal, bearer};

/// The path by which the operator has jobs run.
pub const DRAIN: &str = "/internal/drain";

/// The longest target that is accepted; RFC 9110, section 4.1, asks for at least 8000.
pub const TARGET_BYTES_MAX: usize = 8_192;
/// The most header fields of a request, as for the native host.
pub const FIELDS_MAX: usize = 64;
/// The most bytes of header fields, as for the native host.
pub const FIELDS_BYTES_MAX: usize = 32 * 1024;

/// Returns the path of a target.
pub fn path(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}
