//! An adapter: settings, secrets, upstreams and the language model, for platforms that have variables, outbound
//! HTTP and a timer, such as Spin and Cloudflare Workers.
//!
//! It keeps nothing from call to call but what the variables say, so that any number of its instances
//! may run at once. The protocol of the model is the native host's own (`portable::llm`).

mod configuration;
#[cfg(target_arch = "wasm32")]
mod guest;
mod model;

pub use configuration::Configuration;
pub use model::{Model, Outbound, Question, Unanswered};
