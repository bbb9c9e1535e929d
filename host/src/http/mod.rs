//! HTTP: the operator's side by axum, everything else by the routing component.

mod answer;
mod client;
pub(crate) mod lifeboat;
mod operator;
mod server;
mod shopper;
pub(crate) mod target;

pub use lifeboat::Lifeboat;
pub use operator::Operator;
pub use server::{Server, serve};
