//! The test harness of the stories.

mod answer;
pub mod broken;
pub mod host;
mod llm;
pub mod process;
pub mod raw;
pub mod shopify;

use std::time::Duration;

pub use answer::Answer;
pub use host::{Host, load};
pub use llm::{LlmServer, Saying};
pub use process::Process;

/// Polls until the expected result appears, for at most half a minute.
pub async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never: {what}")
}
