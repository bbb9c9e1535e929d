//! What happened to a request, as routing or the fallback cache reports it.

use routes::Route;

use crate::bindings::wandstore::storefront::http_types;
pub use http_types::CacheOutcome;

routes::conversions!(Route as http_types::Route);

/// The outcome of a request, for metrics and for the merchants' counts.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The route; `None` if there is nothing at the path.
    pub route: Option<Route>,
    /// The id of the served shop that the request was about, if it was about one.
    pub shop: Option<String>,
    /// The cache's part, if the answer is a page.
    pub cache: Option<CacheOutcome>,
}
