//! The outcome of a request, as routing or the fallback cache reports it.

use model::ShopId;
use routes::Route;
use runtime::bindings::wandstore::storefront::http_types;

use crate::event::Event;
pub use http_types::CacheOutcome;

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

impl Outcome {
    /// Returns the event of this outcome, if the answer is a page.
    pub(super) fn page_served(&self) -> Option<Event> {
        Some(Event::PageServed(ShopId::parse(self.shop.as_deref()?).ok()?, self.cache?))
    }
}
