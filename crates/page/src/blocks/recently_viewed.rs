//! The products that the shopper viewed before.

use model::PageKind;
use model::catalog::Product;

use super::Render;
use crate::forms::{cards_view, filled_in};
use crate::sections::{Layout, Sections};

/// The most products.
pub const PRODUCTS_MAX: usize = 8;

filled_in! {
    /// What the shopper looked at; filled in. At most once.
    RecentlyViewed if "the shopper has viewed something", offer_min: 0,
    pages: &[PageKind::Home],
    |heading, stock, given| {
        let viewed = stock.products(given.views).into_iter().filter(|product| stock.offers(&product.id));
        View::of(heading, viewed.take(PRODUCTS_MAX).collect())
    }
}

cards_view!(Layout::SmallRow);
