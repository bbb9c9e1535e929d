//! The measures that are compared between both groups.

use crate::counts::{Counts, Typical};
use crate::interval::Summary;

/// A quantity that each shopper has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Whether they put something into the cart.
    CartAdds,
    /// How many products they viewed.
    Views,
    /// Whether they ordered something that was not paid back.
    Orders,
    /// What their orders are worth, in hundredths of the currency's unit. A few large orders weigh less than that: see
    /// `docs/experiments.md`.
    Revenue,
}

impl Measure {
    /// Returns its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CartAdds => "cart adds",
            Self::Views => "product views",
            Self::Orders => "orders",
            Self::Revenue => "revenue",
        }
    }

    /// Returns its mean and variance in a group.
    pub(crate) fn summary(self, counts: &Counts) -> Summary {
        let cell = counts.cell;
        match self {
            Self::CartAdds => Summary::of(cell.shoppers, cell.carted, cell.carted),
            Self::Views => Summary::of(cell.shoppers, cell.views, cell.views_squared),
            Self::Orders => Summary::of(cell.shoppers, counts.buyers, counts.buyers),
            Self::Revenue => Summary::of_amounts(cell.shoppers, counts.worth, counts.worth_squared),
        }
    }

    /// Returns the information, one over the squared standard error, from which on the interval's width falls as it
    /// would with a fixed end; `None` if it is not known yet what orders usually are worth. It is fixed beforehand, for
    /// differences of half a percentage point of cart adds, two fifths of one of orders, a tenth of a product view, and
    /// half of a percent of the usual worth of orders; intervals of shops that are ten times as large or small are
    /// hardly wider.
    pub(crate) fn tuning(self, typical: Option<Typical>) -> Option<f64> {
        match self {
            Self::CartAdds => Some(34_000.0),
            Self::Views => Some(110.0),
            Self::Orders => Some(53_000.0),
            Self::Revenue => typical.map(|typical| 34_000.0 / typical.worth().powi(2)),
        }
    }

    /// Returns whether a group has enough data for its mean to be nearly normal.
    pub(crate) fn has_enough(self, counts: &Counts) -> bool {
        let cell = counts.cell;
        let others = |some: u64| cell.shoppers.saturating_sub(some);
        match self {
            Self::CartAdds => cell.carted >= 25 && others(cell.carted) >= 25,
            Self::Views => cell.shoppers >= 200 && cell.views >= 50,
            Self::Orders => counts.buyers >= 25 && others(counts.buyers) >= 25,
            Self::Revenue => counts.buyers >= 50 && others(counts.buyers) >= 25,
        }
    }
}
