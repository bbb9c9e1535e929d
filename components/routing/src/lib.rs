//! HTTP in, HTTP out: serves a shopper's page at once and requests a better one. Also takes the requests that
//! Shopify forwards, its webhooks, and the maintenance tasks that follow from them.
//!
//! Pure: no I/O of its own, no clock, no WIT types. It never asks a language model, holds no
//! secret, and never reads a cached page's bytes: the page passes through as a handle. Whatever fails during a
//! shopper's request (storage that is down, a full pool), the answer is a page or a one-line refusal of bad
//! input, never a server error. Only the operator's routes return server errors, and so do webhooks, so that
//! Shopify sends them again.
//!
//! A host lets routing ask for the parts of a request:
//!
//! ```
//! use routing::{BodyError, Request};
//!
//! struct Received {
//!     language: &'static str,
//! }
//!
//! impl Request for Received {
//!     fn header(&self, name: &str) -> Option<String> {
//!         (name == "accept-language").then(|| self.language.to_owned())
//!     }
//!
//!     fn body(&self, _bytes_max: u32) -> Result<Vec<u8>, BodyError> {
//!         Ok(Vec::new())
//!     }
//! }
//!
//! let request = Received { language: "de" };
//! assert_eq!(request.header("accept-language").as_deref(), Some("de"));
//! ```

mod admission;
mod approved;
mod capabilities;
mod debug;
mod domains;
mod effects;
mod events;
mod headers;
mod http;
mod identity;
mod in_theme;
mod maintenance;
mod orders;
mod page_request;
mod pixel;
mod proxy;
mod refusal;
mod router;
mod served;
mod signals;
mod status;
mod storefront;
mod sums;
mod target;
mod track;
mod visitor;
mod webhooks;

#[cfg(test)]
mod fakes;
#[cfg(target_arch = "wasm32")]
mod guest;
#[cfg(test)]
mod tests;

pub use capabilities::{
    Asker, Cache, Catalog, Clock, Content, Deployment, Failure, Found, JobError, Limits, Log, Member, Queue,
    Settings, Signatures, Storage, Swap,
};
pub use http::{Body, BodyError, Pending, Reply, Request, Response};
pub use maintenance::{Progress, run as run_maintenance};
pub use router::handle;
pub use routes::Method;
pub use served::CacheOutcome;
pub use storefront::fallback;
