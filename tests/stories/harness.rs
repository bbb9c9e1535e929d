//! The test harness of the stories.

mod answer;
pub mod broken;
pub mod collector;
pub mod host;
mod llm;
pub mod process;
pub mod programs;
pub mod raw;
pub mod shopify;

use std::time::Duration;

pub use answer::Answer;
pub use host::{Host, load};
pub use llm::{LlmServer, Saying};
pub use process::Process;

/// How many times longer than alone something may take here: stories run side by side, in a debug build, on machines that
/// do other work as well.
///
/// A time limit in a story tells what works from what waits in vain, which takes several times as long as the limit. How
/// fast something is, `cargo xtask bench` measures.
pub const BUSY: u32 = 8;

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
