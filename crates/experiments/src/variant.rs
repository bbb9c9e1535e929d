//! The comparison of a variant with the pages that the other half of the shoppers with personal pages gets.

use std::cmp::Reverse;

use model::shop::Share;

use crate::measure::Measure;
use crate::mismatch::Sizes;
use crate::row::Row;
use crate::sides::Test;
use crate::strata;
use crate::totals::Totals;

/// The rows, and with what probability the interval of each is ever wrong: what the rows of personal pages leave of 5 %.
pub(crate) const ROWS: [(Measure, f64); 3] =
    [(Measure::CartAdds, 0.005), (Measure::Orders, 0.002), (Measure::Revenue, 0.001)];

/// The comparison of a variant.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantTest {
    /// The number of the test, by which [`model::shop::ShopSettings::variant_test`] knows it.
    pub test: u32,
    /// How many days are compared.
    pub days: u32,
    /// The sizes of both groups, with the shoppers of days that are not complete: those without the variant stand in the place
    /// of the holdout.
    pub sizes: Sizes,
    /// Whether the groups are not of the same size. Then no row has a verdict.
    pub is_mismatched: bool,
    /// The rows, that of cart adds first. Those without the variant stand in the place of the holdout.
    pub rows: Vec<Row>,
}

impl VariantTest {
    /// Compares both groups of each test, the one that began last first.
    pub(crate) fn all(totals: &Totals) -> Vec<Self> {
        let mut tests: Vec<_> = totals.tests().iter().collect();
        tests.sort_by_key(|(_, test)| Reverse((test.last, test.first)));
        tests.into_iter().map(|(number, test)| Self::of(totals, *number, test)).collect()
    }

    fn of(totals: &Totals, number: u32, test: &Test) -> Self {
        let (sizes, days) = (test.sizes, u32::try_from(test.days.len()).unwrap_or(u32::MAX));
        let is_mismatched = sizes.are_mismatched(Share::HALF);
        let strata = test.sums.values().map(|both| totals.counts(both)).collect();
        let strata = strata::compared(std::iter::once(strata));
        let rows = ROWS.iter().map(|(measure, alpha)| {
            let row = Row::of(totals, &strata, days, None, *measure, *alpha);
            if is_mismatched { row.void() } else { row }
        });
        Self { test: number, days, sizes, is_mismatched, rows: rows.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Persona;
    use model::shop::VariantArm;

    use crate::{Aggregates, Arm, Cell, Earlier, Group, Report, Verdict};

    /// Adds shoppers of a side on a day, of whom so many in a thousand put something into the cart.
    fn add(sums: &mut Aggregates, day: u32, side: VariantArm, (shoppers, carted): (u64, u64)) {
        let (arm, variant) = (Arm::Personal, Some(side));
        let (persona, earlier, share) = (Persona::Explorer, Earlier::New, Share::TENTH);
        let group = Group { day, share, arm, persona, page: None, earlier, variant };
        let cell = Cell { shoppers, carted: shoppers * carted / 1_000, ..Cell::default() };
        sums.add(group, cell).unwrap();
    }

    fn side(test: u32, has_variant: bool) -> VariantArm {
        VariantArm { test, has_variant }
    }

    fn tested(sums: &Aggregates) -> Option<VariantTest> {
        Report::of(&Totals::of(sums, Share::TENTH, 120)).variants.into_iter().next()
    }

    #[test]
    fn a_clear_difference_between_both_sides_shows() {
        let mut sums = Aggregates::default();
        assert_eq!(tested(&sums), None);
        add(&mut sums, 100, side(1, false), (100_000, 30));
        add(&mut sums, 100, side(1, true), (100_000, 36));
        let found = tested(&sums).unwrap();
        assert_eq!((found.test, found.days, found.is_mismatched), (1, 1, false));
        assert_eq!(found.rows[0].verdict, Verdict::Higher);
        assert!((found.rows[0].personal.mean - 0.036).abs() < 1e-9, "{found:?}");
    }

    /// On the day on which a merchant changes the variant, shoppers of both tests are counted.
    #[test]
    fn each_test_is_compared_and_the_one_that_began_last_comes_first() {
        for (former, next) in [(1, 2), (2, 1)] {
            let mut sums = Aggregates::default();
            for (day, test, shoppers) in [(100, former, 100_000), (101, former, 500), (101, next, 1_000)] {
                add(&mut sums, day, side(test, true), (shoppers, 60));
                add(&mut sums, day, side(test, false), (shoppers, 30));
            }
            let found = Report::of(&Totals::of(&sums, Share::TENTH, 120)).variants;
            let sizes: Vec<_> = found.iter().map(|test| (test.test, test.sizes.personal)).collect();
            assert_eq!(sizes, [(next, 1_000), (former, 100_500)]);
            assert_eq!(found[1].rows[0].verdict, Verdict::Higher);
        }
    }

    #[test]
    fn groups_of_different_sizes_have_no_verdict() {
        let mut sums = Aggregates::default();
        add(&mut sums, 100, side(1, false), (100_000, 30));
        add(&mut sums, 100, side(1, true), (90_000, 60));
        let found = tested(&sums).unwrap();
        assert!(found.is_mismatched && found.rows.iter().all(|row| row.verdict == Verdict::Void));
    }

    /// What the variant changes must not count as an effect of personal pages.
    #[test]
    fn who_gets_the_variant_is_not_compared_with_the_holdout_and_counts_for_the_sizes() {
        let mut sums = Aggregates::default();
        add(&mut sums, 100, side(1, false), (45_000, 30));
        add(&mut sums, 100, side(1, true), (45_000, 90));
        let group = Group {
            day: 100,
            share: Share::TENTH,
            arm: Arm::Holdout,
            persona: Persona::Explorer,
            page: None,
            earlier: Earlier::New,
            variant: Some(side(1, false)),
        };
        sums.add(group, Cell { shoppers: 10_000, carted: 300, ..Cell::default() }).unwrap();
        let report = Report::of(&Totals::of(&sums, Share::TENTH, 120));
        assert_eq!((report.sizes.holdout, report.sizes.personal), (10_000, 90_000));
        assert_eq!((report.rows[0].personal.shoppers, report.personal), (45_000, 90_000));
        assert!(matches!(report.rows[0].verdict, Verdict::Open(_)), "{:?}", report.rows[0]);
        assert_eq!(report.variants[0].rows[0].verdict, Verdict::Higher);
    }
}
