//! The secrets of a deployment: a text that is never shown, the variables that hold secrets, and checks against secrets
//! that the caller never sees. No I/O and no environment: the caller supplies the variables.

mod secret;
pub mod signatures;
mod variables;

pub use secret::Secret;
pub use variables::{VARIABLES, named};
