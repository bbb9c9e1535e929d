//! The sums that a report compares: those of one share of the holdout, over all days that are complete.

use std::collections::{BTreeMap, BTreeSet};

use model::shop::{Share, VariantArm};
use model::{Currency, Persona};

use crate::aggregates::{Aggregates, Group};
use crate::assignment::Arm;
use crate::cell::Cell;
use crate::counts::{Counts, Typical, Worths};
use crate::earlier::Earlier;
use crate::mismatch::Sizes;
use crate::orders::Source;
use crate::rollouts::Rollouts;
use crate::sales::Sales;
use crate::sides::{Sums, Test};
use crate::strata::Stratum;

/// Sums of a share, by what divides shoppers before groups differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    share: Share,
    today: u32,
    /// Whose days are left out.
    rollouts: Rollouts,
    /// The days on which shoppers were counted that are left out.
    left_out: BTreeSet<u32>,
    /// By the test that ran, persona, and what was known of shoppers earlier; those who are held out and the others, without
    /// those who get a variant.
    sums: BTreeMap<(Option<u32>, Persona, Earlier), [Sums; 2]>,
    /// The tests of variants, by their numbers.
    tests: BTreeMap<u32, Test>,
    /// Who reports the orders.
    source: Option<Source>,
    /// The currency of all worths.
    currency: Option<Currency>,
    typical: Option<Typical>,
    sizes: Sizes,
    /// Shoppers with personal pages on the days that are complete, with those who get a variant.
    personal: u64,
    first: Option<u32>,
    /// Shoppers who were counted under another share.
    others: u64,
    /// Shoppers who were counted on days that have not come yet.
    ahead: u64,
}

impl Totals {
    /// Returns sums of nobody.
    pub fn new(share: Share, today: u32) -> Self {
        let (sums, tests, sizes) = (BTreeMap::new(), BTreeMap::new(), Sizes::default());
        let (source, currency, typical, first) = (None, None, None, None);
        let (rollouts, left_out) = (Rollouts::default(), BTreeSet::new());
        Self {
            share,
            today,
            rollouts,
            left_out,
            sums,
            tests,
            source,
            currency,
            typical,
            sizes,
            personal: 0,
            first,
            others: 0,
            ahead: 0,
        }
    }

    /// Adds up what was counted under a share.
    pub fn of(aggregates: &Aggregates, share: Share, today: u32) -> Self {
        Self::outside(&Rollouts::default(), aggregates, share, today)
    }

    /// Adds up what was counted under a share on days that belong to no Rollout.
    pub fn outside(rollouts: &Rollouts, aggregates: &Aggregates, share: Share, today: u32) -> Self {
        let mut totals = Self { rollouts: rollouts.clone(), ..Self::new(share, today) };
        aggregates.groups().for_each(|(group, cell)| totals.add(group, cell));
        totals
    }

    /// Adds a group. A day is complete once its last shopper was watched for 24 hours. The share does not matter to the test of
    /// a variant, because its groups are of the same size under any.
    pub fn add(&mut self, group: &Group, cell: &Cell) {
        // A host's clock was ahead. Clocks that differ by seconds differ by a day at midnight.
        if group.day > self.today.saturating_add(1) {
            self.ahead = self.ahead.saturating_add(cell.shoppers);
            return;
        }
        if let Some(side) = self.side_of(group) {
            let is_complete = is_complete(group.day, self.today);
            let test = self.tests.entry(side.test).or_default();
            if let Some(sums) = test.count(group, side, cell.shoppers, is_complete) {
                sums.cell += *cell;
            }
        }
        if group.share != self.share {
            self.others = self.others.saturating_add(cell.shoppers);
            return;
        }
        if self.rollouts.hold(group.day) {
            self.left_out.insert(group.day);
            return;
        }
        let size = match group.arm {
            Arm::Holdout => &mut self.sizes.holdout,
            Arm::Personal => &mut self.sizes.personal,
        };
        *size = size.saturating_add(cell.shoppers);
        if is_complete(group.day, self.today) {
            if !group.has_variant() {
                self.sums_of(group).cell += *cell;
            }
            if group.arm == Arm::Personal {
                self.personal = self.personal.saturating_add(cell.shoppers);
            }
            self.first = Some(self.first.map_or(group.day, |first| first.min(group.day)));
        }
    }

    /// Returns a group's part in a test that is compared, unless its day is left out.
    fn side_of(&self, group: &Group) -> Option<VariantArm> {
        group.variant.filter(|_| group.arm == Arm::Personal && !self.rollouts.hold(group.day))
    }

    fn sums_of(&mut self, group: &Group) -> &mut Sums {
        let test = group.variant.map(|side| side.test);
        &mut self.sums.entry((test, group.persona, group.earlier)).or_default()[group.arm as usize]
    }

    /// Adds the orders under the share that count ([`Sales::source`]), in one currency, because amounts in two are not added
    /// up. Of orders that only the web pixel reports, shoppers count whatever they paid in, but no amount in another
    /// currency does. What orders usually are worth follows from the first days with enough of them, and is
    /// not affected by what comes later.
    #[must_use]
    pub fn with_sales(mut self, sales: &Sales) -> Self {
        (self.source, self.currency) = (sales.source(), sales.currency());
        let (mut first_days, mut day) = (Worths::default(), None);
        for (group, currency, places) in sales.groups() {
            if Some(currency) != self.currency
                || !is_complete(group.day, self.today)
                || self.rollouts.hold(group.day)
            {
                continue;
            }
            if let Some(side) = self.side_of(group) {
                self.tests.entry(side.test).or_default().sums_of(group, side).worths.add(places);
            }
            if group.share != self.share {
                continue;
            }
            if day.replace(group.day) != Some(group.day) && self.typical.is_none() {
                self.typical = first_days.typical();
            }
            if self.typical.is_none() {
                first_days.add(places);
            }
            if !group.has_variant() {
                self.sums_of(group).worths.add(places);
            }
        }
        self.typical = self.typical.or_else(|| first_days.typical());
        self
    }

    /// Returns whether orders are those that only the web pixel reports.
    pub fn are_of_pixel(&self) -> bool {
        self.source == Some(Source::Pixel)
    }

    /// Returns the currency of what orders are worth, if there are any.
    pub fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// Returns what orders usually are worth, if that is known.
    pub(crate) fn typical(&self) -> Option<Typical> {
        self.typical
    }

    /// Returns the share of the holdout.
    pub fn share(&self) -> Share {
        self.share
    }

    /// Returns how many days the sums are from.
    pub fn days(&self) -> u32 {
        let compared =
            |first: u32| (first..self.today.saturating_sub(1)).filter(|day| !self.rollouts.hold(*day));
        self.first.map_or(0, |first| u32::try_from(compared(first).count()).unwrap_or(u32::MAX))
    }

    /// Returns how many days are left out, and for which Rollouts.
    pub fn left_out(&self) -> (usize, Vec<String>) {
        let days: Vec<_> = self.left_out.iter().copied().collect();
        (days.len(), self.rollouts.names_on(&days))
    }

    /// Returns the sizes of both groups, with the shoppers of days that are not complete.
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// Returns how many shoppers got personal pages on the days that are complete, with or without a variant.
    pub fn personal(&self) -> u64 {
        self.personal
    }

    /// Returns how many shoppers were counted on days that have not come yet, because a host's clock was ahead.
    pub fn ahead(&self) -> u64 {
        self.ahead
    }

    /// Returns how many shoppers were counted under other shares.
    pub fn others(&self) -> u64 {
        self.others
    }

    /// Returns what shoppers did, under each test or none, of each persona, and of those of whom the same was known earlier.
    pub(crate) fn strata(&self) -> Vec<(Option<u32>, Persona, Stratum)> {
        let stratum =
            |((test, persona, _), both): (&(_, _, Earlier), _)| (*test, *persona, self.counts(both));
        self.sums.iter().map(stratum).collect()
    }

    /// Returns the tests of variants.
    pub(crate) fn tests(&self) -> &BTreeMap<u32, Test> {
        &self.tests
    }

    /// Returns what the shoppers of two groups did.
    pub(crate) fn counts(&self, both: &[Sums; 2]) -> Stratum {
        both.each_ref().map(|Sums { cell, worths }| {
            let counts = Counts::of(*cell, worths, self.typical);
            match self.source {
                Some(Source::Webhook) => counts,
                Some(Source::Pixel) | None => Counts { buyers: cell.ordered, ..counts },
            }
        })
    }
}

/// Returns whether the last shopper of a day has been watched for 24 hours.
pub fn is_complete(day: u32, today: u32) -> bool {
    day.saturating_add(1) < today
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::Shift;
    use crate::{DAY_MS, Rollout};

    fn group(day: u32, share: Share) -> Group {
        Group {
            day,
            share,
            arm: Arm::Holdout,
            persona: Persona::Loyalist,
            page: None,
            earlier: Earlier::New,
            variant: None,
        }
    }

    /// Returns what shoppers who are held out did.
    fn held_out(totals: &Totals) -> Counts {
        let mut sum = Counts::default();
        totals.strata().into_iter().for_each(|(_, _, [holdout, _])| sum += holdout);
        sum
    }

    #[test]
    fn a_day_is_compared_when_its_shoppers_are_complete() {
        let mut totals = Totals::new(Share::TENTH, 20);
        let cell = Cell { shoppers: 5, carted: 1, ..Cell::default() };
        for day in [17, 18, 19, 20, 21] {
            totals.add(&group(day, Share::TENTH), &cell);
        }
        assert_eq!(held_out(&totals).cell.shoppers, 10);
        assert_eq!((totals.days(), totals.sizes().holdout), (2, 25));
    }

    #[test]
    fn days_that_have_not_come_are_left_out_and_said() {
        let mut totals = Totals::new(Share::TENTH, 10);
        for day in [8, 11, 12, 400] {
            let variant = Some(VariantArm { test: 1, has_variant: false });
            let group = Group { arm: Arm::Personal, variant, ..group(day, Share::TENTH) };
            totals.add(&group, &Cell { shoppers: 3, ..Cell::default() });
        }
        assert_eq!((totals.sizes().personal, totals.ahead(), totals.days()), (6, 6, 1));
        let report = crate::Report::of(&totals);
        assert_eq!((report.ahead, report.variants[0].sizes.holdout), (6, 6));
        assert!(report.notes()[0].starts_with("6 shoppers were counted on days that have not come yet"));
    }

    #[test]
    fn days_of_rollouts_are_left_out() {
        let rollouts = Rollouts::of([Rollout::new("Sale", 12 * DAY_MS, Some(13 * DAY_MS))]);
        let (mut counted, mut sales) = (Aggregates::default(), Sales::default());
        for day in 8..18 {
            counted.add(group(day, Share::TENTH), Cell { shoppers: 5, ..Cell::default() }).unwrap();
            sales.merge(sold(day, "USD", 700, 1));
        }
        let totals = Totals::outside(&rollouts, &counted, Share::TENTH, 20).with_sales(&sales);
        let found = held_out(&totals);
        assert_eq!((found.cell.shoppers, found.buyers, totals.sizes().holdout), (35, 7, 35));
        // The day before it began is left out, too; on the last one nobody was counted.
        assert_eq!((totals.days(), totals.left_out()), (8, (3, vec!["Sale".to_owned()])));
    }

    #[test]
    fn other_shares_are_not_added_up() {
        let mut totals = Totals::new(Share::TENTH, 20);
        let half = Share::of_basis_points(5_000).unwrap();
        totals.add(&group(10, half), &Cell { shoppers: 5, ..Cell::default() });
        assert_eq!((totals.strata().len(), totals.others(), totals.days()), (0, 5, 0));
    }

    #[test]
    fn shoppers_are_divided_by_persona_and_by_what_was_known_earlier() {
        let mut totals = Totals::new(Share::TENTH, 20);
        for (earlier, shoppers) in [(Earlier::New, 1), (Earlier::Carted, 2), (Earlier::New, 4)] {
            let group = Group { earlier, ..group(10, Share::TENTH) };
            totals.add(&group, &Cell { shoppers, ..Cell::default() });
            let other = Group { persona: Persona::Explorer, arm: Arm::Personal, ..group };
            totals.add(&other, &Cell { shoppers: 10 * shoppers, ..Cell::default() });
        }
        let sizes =
            |(_, persona, both): (_, Persona, Stratum)| (persona, both.map(|group| group.cell.shoppers));
        let mut found: Vec<_> = totals.strata().into_iter().map(sizes).collect();
        found.sort_unstable();
        let mut expected = vec![
            (Persona::Explorer, [0, 20]),
            (Persona::Explorer, [0, 50]),
            (Persona::Loyalist, [2, 0]),
            (Persona::Loyalist, [5, 0]),
        ];
        expected.sort_unstable();
        assert_eq!(found, expected);
    }

    fn sold(day: u32, currency: &str, worth: u64, buyers: usize) -> Sales {
        let mut sales = Sales::default();
        let currency = Currency::named(currency).unwrap();
        for _ in 0..buyers {
            sales
                .add(
                    group(day, Share::TENTH),
                    Shift { source: Source::Webhook, currency, before: 0, after: worth },
                )
                .unwrap();
        }
        sales
    }

    #[test]
    fn orders_in_a_former_currency_are_not_added_to_those_in_the_last() {
        let mut sales = sold(10, "EUR", 5_000, 3);
        sales.merge(sold(11, "USD", 700, 2));
        let totals = Totals::new(Share::TENTH, 20).with_sales(&sales);
        assert_eq!((totals.currency(), held_out(&totals).buyers), (Currency::named("USD"), 2));
    }

    #[test]
    fn the_usual_order_is_that_of_the_first_days() {
        let mut sales = sold(10, "USD", 5_000, 60);
        let few = Totals::new(Share::TENTH, 40).with_sales(&sales);
        assert_eq!(few.typical(), None);
        sales.merge(sold(11, "USD", 5_000, 60));
        let known = Totals::new(Share::TENTH, 40).with_sales(&sales).typical();
        assert!(known.is_some());
        sales.merge(sold(12, "USD", 9_000_000, 10_000));
        assert_eq!(Totals::new(Share::TENTH, 40).with_sales(&sales).typical(), known);
    }

    #[test]
    fn orders_of_the_pixel_count_only_without_webhooks() {
        let mut totals = Totals::new(Share::TENTH, 20);
        totals.add(&group(10, Share::TENTH), &Cell { shoppers: 9, ordered: 5, ..Cell::default() });
        assert_eq!(held_out(&totals).buyers, 5);
        assert_eq!(held_out(&totals.with_sales(&sold(10, "USD", 700, 2))).buyers, 2);
    }

    #[test]
    fn what_orders_are_worth_that_the_pixel_reports_counts_in_the_currency_of_most() {
        let mut totals = Totals::new(Share::TENTH, 20);
        totals.add(&group(10, Share::TENTH), &Cell { shoppers: 9, ordered: 3, ..Cell::default() });
        let mut sales = Sales::default();
        for (currency, worth) in [("USD", 700), ("USD", 800), ("JPY", 100_000)] {
            let currency = Currency::named(currency).unwrap();
            let shift = Shift { source: Source::Pixel, currency, before: 0, after: worth };
            sales.add(group(10, Share::TENTH), shift).unwrap();
        }
        let totals = totals.with_sales(&sales);
        let found = held_out(&totals);
        assert!(
            totals.are_of_pixel() && found.buyers == 3 && (found.worth - 1_500.0).abs() < 1e-9,
            "{found:?}"
        );
    }

    #[test]
    fn orders_of_a_day_that_is_not_complete_do_not_count_yet() {
        let totals = Totals::new(Share::TENTH, 20).with_sales(&sold(19, "USD", 700, 2));
        assert_eq!(held_out(&totals).buyers, 0);
    }
}
