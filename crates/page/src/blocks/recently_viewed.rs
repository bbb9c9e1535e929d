//! The products that the shopper viewed before.

use model::catalog::Product;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Checker, Given, HEADING_CHARS_MAX, Kind, Occurrence, Render, Rules, Stock};
use crate::kind::cards_view;
use crate::sections::{Layout, Sections};

/// The most products.
const PRODUCTS_MAX: usize = 8;

/// What the shopper looked at; filled in. At most once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecentlyViewed {
    /// What to call it.
    #[schemars(length(min = 1, max = HEADING_CHARS_MAX))]
    pub heading: String,
}

impl Kind for RecentlyViewed {
    type View<'a> = View<'a>;

    const RULES: Rules = Rules {
        occurrence: Occurrence::AtMostOnce,
        filled_in_if: Some("the shopper has viewed something"),
        ..Rules::ANY
    };

    fn check(&self, checker: &mut impl Checker) {
        checker.heading(&self.heading);
        checker.no_claim("heading", &self.heading);
    }

    fn bind<'a>(&'a self, stock: &'a impl Stock, given: &Given<'a>) -> Option<View<'a>> {
        let viewed = stock.products(given.views).into_iter().filter(|product| stock.offers(&product.id));
        View::of(&self.heading, viewed.take(PRODUCTS_MAX).collect())
    }
}

cards_view!(Layout::SmallRow);
