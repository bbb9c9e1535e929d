//! A request that arrived.

use std::net::IpAddr;

use routes::{Method, Route};
use spin_exchange::Arrival;

/// The parts of a request that are used.
pub(crate) struct Received {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) route: Option<Route>,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The address of the client, if it is known.
    pub(crate) client: Option<IpAddr>,
    pub(crate) arrival: Arrival,
    pub(crate) body: Vec<u8>,
}
