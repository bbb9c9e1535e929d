//! HTTP: axum serves the operator's routes, the routing component everything else.

mod answer;
mod authority;
mod bodies;
mod compression;
mod connections;
mod events;
pub(crate) mod fallback_cache;
mod operator;
mod outcome;
mod routing;
mod server;
mod shopper;
mod stream;

pub use events::StreamTimes;
pub use fallback_cache::FallbackCache;
pub use operator::Operator;
pub(crate) use outcome::{CacheOutcome, Outcome};
pub use server::{Server, serve};
