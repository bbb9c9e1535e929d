//! The outcome of a request, as routing or the fallback cache reports it.

use model::{PageKind, ShopId};
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
    /// Returns the event of this outcome, if the answer is a page. `query` is the request's.
    pub(super) fn page_served(&self, query: Option<&str>) -> Option<Event> {
        let cache = self.cache?;
        Some(Event::PageServed(ShopId::parse(self.shop.as_deref()?).ok()?, page_in(query), cache))
    }
}

/// Returns the kind of page that a request of a theme names. Routing refuses requests whose kind it does not know; all
/// others are for the home page.
fn page_in(query: Option<&str>) -> PageKind {
    let named = query.unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("context="));
    named.and_then(PageKind::named).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_its_kind_of_page() {
        for (query, expected) in [
            (None, PageKind::Home),
            (Some("shop=a&context=product&consent=1"), PageKind::Product),
            (Some("context=cart"), PageKind::Cart),
            (Some("context=page"), PageKind::Home),
            (Some("no-context=cart&q=context%3Dcart"), PageKind::Home),
        ] {
            assert_eq!(page_in(query), expected, "{query:?}");
        }
    }
}
