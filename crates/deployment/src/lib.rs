//! A deployment on a platform that has variables instead of configuration files: its settings and secrets, and the
//! language model, asked over the platform's HTTP.
//!
//! It does no I/O. The protocol of the model is the same code as in the native host (`crates/llm`).
//!
//! Variables override the document that a deployment was exported with:
//!
//! ```
//! use deployment::Configuration;
//!
//! let variable = |name: &str| (name == "POOL_SIZE").then(|| "4".to_owned());
//! let configuration = Configuration::read(variable, [0; 32]);
//! assert_eq!(configuration.document.pool.size, 4);
//! assert!(configuration.llm_key.is_none() && configuration.mistakes.is_empty());
//! ```

mod configuration;
mod endpoint;

pub use configuration::{Configuration, Mistake};
pub use endpoint::{Outbound, Response, Unanswered, complete};
