//! An adapter: settings, secrets, upstreams and the language model, for platforms that have variables, outbound
//! HTTP and a timer, such as Spin and Cloudflare Workers.
//!
//! It keeps nothing between calls except the variables, so that any number of its instances may run at once. The
//! protocol of the model is the same code as in the native host (`crates/llm`).
//!
//! Variables override the document that a deployment was exported with:
//!
//! ```
//! use services::Configuration;
//!
//! let variable = |name: &str| (name == "POOL_SIZE").then(|| "4".to_owned());
//! let configuration = Configuration::read(variable, [0; 32]);
//! assert_eq!(configuration.document.pool.size, 4);
//! assert!(configuration.llm_key.is_none() && configuration.mistake.is_none());
//! ```

mod configuration;
mod endpoint;
#[cfg(target_arch = "wasm32")]
mod guest;

pub use configuration::{Configuration, Mistake};
pub use endpoint::{Outbound, Response, Unanswered, complete};
