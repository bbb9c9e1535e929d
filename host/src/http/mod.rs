//! HTTP: the operator's side by axum, everything else by the routing component.

mod answer;
mod authority;
mod client;
mod connections;
mod events;
pub(crate) mod lifeboat;
mod operator;
mod server;
mod shopper;
mod stream;
pub(crate) mod target;

pub use events::StreamTimes;
pub use lifeboat::Lifeboat;
pub use operator::Operator;
pub use server::{Server, serve};
