//! The sums that a report compares: those of one share of the holdout, over all days that are complete.

use std::collections::BTreeMap;

use model::shop::Share;
use model::{Currency, Persona};

use crate::aggregates::{Aggregates, Group};
use crate::assignment::Arm;
use crate::cell::Cell;
use crate::counts::{Counts, Typical, Worths};
use crate::earlier::Earlier;
use crate::mismatch::Sizes;
use crate::sales::Sales;
use crate::strata::Stratum;

/// Sums of a share, by what divides shoppers before groups differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    share: Share,
    today: u32,
    /// By persona, and by what was known of shoppers earlier; those who are held out and the others.
    sums: BTreeMap<(Persona, Earlier), [Sums; 2]>,
    /// The currency of all worths.
    currency: Option<Currency>,
    typical: Option<Typical>,
    sizes: Sizes,
    first: Option<u32>,
    /// Shoppers who were counted under another share.
    others: u64,
}

/// The sums of a group.
#[derive(Debug, Clone, PartialEq, Default)]
struct Sums {
    cell: Cell,
    worths: Worths,
}

impl Totals {
    /// Returns sums of nobody.
    pub fn new(share: Share, today: u32) -> Self {
        let (currency, typical, sizes) = (None, None, Sizes::default());
        Self { share, today, sums: BTreeMap::new(), currency, typical, sizes, first: None, others: 0 }
    }

    /// Adds up what was counted under a share.
    pub fn of(aggregates: &Aggregates, share: Share, today: u32) -> Self {
        let mut totals = Self::new(share, today);
        aggregates.groups().for_each(|(group, cell)| totals.add(group, cell));
        totals
    }

    /// Adds a group. A day is complete once its last shopper was watched for 24 hours.
    pub fn add(&mut self, group: &Group, cell: &Cell) {
        if group.share != self.share {
            self.others = self.others.saturating_add(cell.shoppers);
            return;
        }
        let size = match group.arm {
            Arm::Holdout => &mut self.sizes.holdout,
            Arm::Personal => &mut self.sizes.personal,
        };
        *size = size.saturating_add(cell.shoppers);
        if is_complete(group.day, self.today) {
            self.sums_of(group).cell += *cell;
            self.first = Some(self.first.map_or(group.day, |first| first.min(group.day)));
        }
    }

    fn sums_of(&mut self, group: &Group) -> &mut Sums {
        &mut self.sums.entry((group.persona, group.earlier)).or_default()[group.arm as usize]
    }

    /// Adds the orders under the share that Shopify's webhooks report. As soon as there are any, orders that the web pixel
    /// reports do not count. If the shop changed its currency, only those in the last one count, because amounts
    /// in two are not added up. What orders usually are worth follows from the first days with enough of them, and is
    /// not affected by later orders.
    #[must_use]
    pub fn with_sales(mut self, sales: &Sales) -> Self {
        self.currency = sales.last_currency();
        let (mut first_days, mut day) = (Worths::default(), None);
        for (group, currency, places) in sales.groups() {
            if group.share != self.share
                || Some(currency) != self.currency
                || !is_complete(group.day, self.today)
            {
                continue;
            }
            if day.replace(group.day) != Some(group.day) && self.typical.is_none() {
                self.typical = first_days.typical();
            }
            if self.typical.is_none() {
                first_days.add(places);
            }
            self.sums_of(group).worths.add(places);
        }
        self.typical = self.typical.or_else(|| first_days.typical());
        self
    }

    /// Returns the currency of orders, if there are any.
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
        self.first.map_or(0, |first| (self.today - first).saturating_sub(1))
    }

    /// Returns the sizes of both groups, with the shoppers of days that are not complete.
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// Returns how many shoppers were counted under other shares.
    pub fn others(&self) -> u64 {
        self.others
    }

    /// Returns what shoppers did, of each persona, and of those of whom the same was known earlier.
    pub(crate) fn strata(&self) -> Vec<(Persona, Stratum)> {
        let counts = |Sums { cell, worths }: &Sums| match self.currency {
            Some(_) => Counts::of(*cell, worths, self.typical),
            None => Counts::without_worths(*cell),
        };
        self.sums.iter().map(|((persona, _), both)| (*persona, both.each_ref().map(counts))).collect()
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

    fn group(day: u32, share: Share) -> Group {
        Group { day, share, arm: Arm::Holdout, persona: Persona::Loyalist, page: None, earlier: Earlier::New }
    }

    /// Returns what shoppers who are held out did.
    fn held_out(totals: &Totals) -> Counts {
        let mut sum = Counts::default();
        totals.strata().into_iter().for_each(|(_, [holdout, _])| sum += holdout);
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
        let sizes = |(persona, both): (Persona, Stratum)| (persona, both.map(|group| group.cell.shoppers));
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
            sales.add(group(day, Share::TENTH), Shift { currency, before: 0, after: worth }).unwrap();
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
    fn orders_of_a_day_that_is_not_complete_do_not_count_yet() {
        let totals = Totals::new(Share::TENTH, 20).with_sales(&sold(19, "USD", 700, 2));
        assert_eq!(held_out(&totals).buyers, 0);
    }
}
