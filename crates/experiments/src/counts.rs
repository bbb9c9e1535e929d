//! What the shoppers of a group did, as measures take it.

use std::ops::AddAssign;

use crate::cell::Cell;
use crate::interval::float;
use crate::sales::{Place, least_of, place_of};

/// How many shoppers with orders it takes to know what orders usually are worth.
const BUYERS_MIN: i64 = 100;
/// The worth of a shopper's orders is cut at so many times what it usually is.
const TIMES_MAX: u64 = 5;
/// The number of places.
const PLACES: usize = 256;

/// Shoppers by the worth of their orders.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Worths(Vec<Place>);

/// What orders of a shop usually are worth, in hundredths: half of the first shoppers with orders spent less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Typical(u64);

/// What the shoppers of a group did.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Counts {
    pub(crate) cell: Cell,
    /// Shoppers with orders: those that are worth something, as Shopify's webhooks say, or else as the web pixel says.
    pub(crate) buyers: u64,
    /// What their orders are worth, in hundredths, and the squares of that. The worth of each shopper is cut.
    pub(crate) worth: f64,
    pub(crate) worth_squared: f64,
}

impl Default for Worths {
    fn default() -> Self {
        Self(vec![Place::default(); PLACES])
    }
}

impl Worths {
    pub(crate) fn add<'a>(&mut self, places: impl IntoIterator<Item = (&'a u8, &'a Place)>) {
        places.into_iter().for_each(|(number, place)| self.0[usize::from(*number)].add(*place));
    }

    /// Returns what orders usually are worth; `None` if too few are known.
    pub(crate) fn typical(&self) -> Option<Typical> {
        let all: i64 = self.0.iter().map(|place| place.shoppers.max(0)).sum();
        let mut below = 0;
        let middle = self.0.iter().position(|place| {
            below += place.shoppers.max(0);
            2 * below >= all
        });
        let middle = middle.and_then(|middle| u8::try_from(middle).ok())?;
        (all >= BUYERS_MIN).then(|| Typical(least_of(middle).max(1)))
    }

    /// Returns the number of shoppers, what their orders are worth, and the squares of that. Of a place, only the mean is
    /// known; that its values differ by a quarter at most adds less than half a percent to the squares.
    fn sums(&self, limit: Option<Typical>) -> (u64, f64, f64) {
        let limit = limit.map(Typical::limit);
        let known = (0..=u8::MAX).zip(&self.0).filter(|(_, place)| place.shoppers > 0);
        known.fold((0, 0.0, 0.0), |(buyers, worth, squared), (number, place)| {
            let shoppers = float(place.shoppers.unsigned_abs());
            let mean = float(place.worth.max(0).unsigned_abs()) / shoppers;
            let mean = limit.filter(|limit| place_of(*limit) <= number).map_or(mean, float);
            let buyers = place.shoppers.unsigned_abs().saturating_add(buyers);
            (buyers, worth + shoppers * mean, squared + shoppers * mean * mean)
        })
    }
}

impl Typical {
    /// Returns what the worth of a shopper's orders is cut at. It is the end of a place, so that the mean is exact.
    pub(crate) fn limit(self) -> u64 {
        least_of(place_of(self.0.saturating_mul(TIMES_MAX)))
    }

    /// Returns it in hundredths.
    pub(crate) fn worth(self) -> f64 {
        float(self.0)
    }
}

impl Counts {
    /// Returns what the shoppers of a group did.
    pub(crate) fn of(cell: Cell, worths: &Worths, limit: Option<Typical>) -> Self {
        let (buyers, worth, worth_squared) = worths.sums(limit);
        Self { cell, buyers, worth, worth_squared }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.cell += other.cell;
        self.buyers = self.buyers.saturating_add(other.buyers);
        self.worth += other.worth;
        self.worth_squared += other.worth_squared;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worths(of: impl IntoIterator<Item = u64>) -> Worths {
        let mut worths = Worths::default();
        for value in of {
            worths.add([(&place_of(value), &Place { shoppers: 1, worth: value.try_into().unwrap() })]);
        }
        worths
    }

    #[test]
    fn the_usual_order_is_known_from_a_hundred_shoppers_on() {
        assert_eq!(worths((1..100).map(|_| 5_000)).typical(), None);
        let typical = worths((0..101).map(|at| 1_000 + at * 100)).typical().unwrap();
        assert!((4_800..=6_000).contains(&typical.0), "{typical:?}");
    }

    #[test]
    fn a_large_order_weighs_no_more_than_the_limit() {
        let usual: Vec<_> = (0..200).map(|at| 4_000 + 10 * at).collect();
        let (calm, wild) = (worths(usual.clone()), worths(usual.into_iter().chain([10_000_000])));
        let typical = wild.typical().unwrap();
        let (before, after) = (
            Counts::of(Cell::default(), &calm, Some(typical)),
            Counts::of(Cell::default(), &wild, Some(typical)),
        );
        assert_eq!((before.buyers, after.buyers), (200, 201));
        assert!((after.worth - before.worth - float(typical.limit())).abs() < 1e-6, "{after:?}");
        let exact: f64 = (0..200).map(|at| 4_000.0 + 10.0 * f64::from(at)).sum();
        assert!((before.worth - exact).abs() < 1e-6, "what is not cut is exact");
        let uncut = Counts::of(Cell::default(), &wild, None);
        assert!((uncut.worth - exact - 10_000_000.0).abs() < 1e-6);
    }

    #[test]
    fn squares_are_nearly_exact() {
        let values: Vec<u64> = (0..1_000).map(|at| 1_000 + 37 * at % 20_000).collect();
        let exact: f64 = values.iter().map(|value| float(value * value)).sum();
        let counts = Counts::of(Cell::default(), &worths(values), None);
        assert!((counts.worth_squared / exact - 1.0).abs() < 0.005, "{counts:?} {exact}");
    }
}
