//! The products of a shop that a page can be made of without a plan.

use model::catalog::Product;

use crate::blocks::grid;

/// The known products of a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelves<'a> {
    /// None are known, because the catalog does not answer.
    Unknown,
    /// Products in no particular order.
    Products(&'a [Product]),
    /// Products with the best-selling ones first.
    BestSellers(&'a [Product]),
}

impl<'a> Shelves<'a> {
    pub(crate) fn products(self) -> &'a [Product] {
        match self {
            Self::Unknown => &[],
            Self::Products(products) | Self::BestSellers(products) => products,
        }
    }

    /// Returns whether the shop has more available products than are shown first. Only then are those its best
    /// sellers: if the page shows all products, their order alone makes none of them a best seller.
    pub(crate) fn hold_more_than_shown(self) -> bool {
        let Self::BestSellers(products) = self else { return false };
        products.iter().filter(|product| product.available).count() > 1 + grid::PRODUCTS_MAX
    }
}
