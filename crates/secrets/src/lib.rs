//! The secrets of a deployment: a text that is never shown, the variables that hold secrets, and checks against secrets
//! that the caller never sees. No I/O and no environment: the caller supplies the variables.
//!
//! ```
//! use secrets::Secret;
//! use secrets::signatures::{Secrets, Signatures as _};
//!
//! let token = ("DEBUG_TOKEN".to_owned(), vec![Secret::new("open sesame")]);
//! // A key that nobody can guess, from the host.
//! let secrets = Secrets::new([7; 32], [token]);
//! assert_eq!(secrets.matches("DEBUG_TOKEN", "open sesame"), Ok(true));
//! assert_eq!(secrets.matches("DEBUG_TOKEN", "closed"), Ok(false));
//! ```

mod secret;
pub mod signatures;
mod variables;

pub use secret::Secret;
pub use variables::{VARIABLES, named};
