//! What is compared between both groups.

use crate::cell::Cell;
use crate::interval::Summary;

/// A quantity that each shopper has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Whether they put something into the cart.
    CartAdds,
    /// How many products they viewed.
    Views,
}

impl Measure {
    /// Returns its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CartAdds => "cart adds",
            Self::Views => "product views",
        }
    }

    /// Returns its mean and variance in a group.
    pub(crate) fn summary(self, cell: &Cell) -> Summary {
        match self {
            Self::CartAdds => Summary::of(cell.shoppers, cell.carted, cell.carted),
            Self::Views => Summary::of(cell.shoppers, cell.views, cell.views_squared),
        }
    }

    /// Returns the information, one over the squared standard error, from which on the interval's width falls as it
    /// would with a fixed end. It is fixed beforehand, for differences of half a percentage point and of a tenth of a
    /// product view; intervals of shops that are ten times as large or small are hardly wider.
    pub(crate) const fn tuning(self) -> f64 {
        match self {
            Self::CartAdds => 34_000.0,
            Self::Views => 110.0,
        }
    }

    /// Returns whether a group has enough data for its mean to be nearly normal.
    pub(crate) fn has_enough(self, cell: &Cell) -> bool {
        match self {
            Self::CartAdds => cell.carted >= 25 && cell.shoppers - cell.carted.min(cell.shoppers) >= 25,
            Self::Views => cell.shoppers >= 200 && cell.views >= 50,
        }
    }
}
