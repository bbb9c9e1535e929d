//! What the stories are told with.

mod answer;
pub mod broken;
pub mod host;
mod llm;
pub mod process;
pub mod shopify;

pub use answer::Answer;
pub use host::{Host, load, usual_components};
pub use llm::{LlmServer, Saying};
pub use process::Process;
