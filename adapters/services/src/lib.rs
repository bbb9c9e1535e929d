//! An adapter: settings, secrets, upstreams and the language model, for platforms that have variables, outbound
//! HTTP and a timer, such as Spin and Cloudflare Workers.
//!
//! It keeps nothing between calls except the variables, so that any number of its instances may run at once. The
//! protocol of the model is the same code as in the native host (`portable::llm`).

mod configuration;
mod endpoint;
#[cfg(target_arch = "wasm32")]
mod guest;

pub use configuration::Configuration;
pub use endpoint::{Model, Outbound, Question, Unanswered};
