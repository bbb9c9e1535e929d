//! Sums over the shoppers of one group.

use std::ops::AddAssign;

/// Sums over shoppers. Those of two hosts, or of two days, are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// Shoppers who saw the block.
    pub shoppers: u64,
    /// Those of them who put something into the cart. It is its own sum of squares.
    pub carted: u64,
    /// Those of them who ordered, as the web pixel says.
    pub ordered: u64,
    /// Products that they viewed.
    pub views: u64,
    /// The squares of each shopper's number of viewed products.
    pub views_squared: u64,
}

impl AddAssign for Cell {
    /// Adds up. A sum that would overflow stays at the largest number.
    fn add_assign(&mut self, other: Self) {
        self.shoppers = self.shoppers.saturating_add(other.shoppers);
        self.carted = self.carted.saturating_add(other.carted);
        self.ordered = self.ordered.saturating_add(other.ordered);
        self.views = self.views.saturating_add(other.views);
        self.views_squared = self.views_squared.saturating_add(other.views_squared);
    }
}
