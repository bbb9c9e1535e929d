//! The sums that a report compares: those of one share of the holdout, over all days that are complete.

use model::Persona;
use model::shop::Share;

use crate::aggregates::{Aggregates, Group};
use crate::assignment::Arm;
use crate::cell::Cell;
use crate::mismatch::Sizes;

/// Sums by persona and arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    share: Share,
    today: u32,
    cells: [[Cell; 2]; Persona::ALL.len()],
    sizes: Sizes,
    first: Option<u32>,
    /// Shoppers who were counted under another share.
    others: u64,
}

impl Totals {
    /// Returns sums of nobody.
    pub fn new(share: Share, today: u32) -> Self {
        let cells = [[Cell::default(); 2]; Persona::ALL.len()];
        Self { share, today, cells, sizes: Sizes::default(), first: None, others: 0 }
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
            self.cells[group.persona as usize][group.arm as usize] += *cell;
            self.first = Some(self.first.map_or(group.day, |first| first.min(group.day)));
        }
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

    /// Returns the sums of shoppers who are held out, and of the others, of one persona or of all.
    pub(crate) fn cells(&self, persona: Option<Persona>) -> [Cell; 2] {
        if let Some(persona) = persona {
            return self.cells[persona as usize];
        }
        let mut sum = [Cell::default(); 2];
        for [holdout, personal] in self.cells {
            sum[Arm::Holdout as usize] += holdout;
            sum[Arm::Personal as usize] += personal;
        }
        sum
    }
}

/// Returns whether the last shopper of a day has been watched for 24 hours.
fn is_complete(day: u32, today: u32) -> bool {
    day.saturating_add(1) < today
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(day: u32, share: Share) -> Group {
        Group { day, share, arm: Arm::Holdout, persona: Persona::Loyalist }
    }

    #[test]
    fn a_day_is_compared_when_its_shoppers_are_complete() {
        let mut totals = Totals::new(Share::TENTH, 20);
        let cell = Cell { shoppers: 5, carted: 1, ..Cell::default() };
        for day in [17, 18, 19, 20, 21] {
            totals.add(&group(day, Share::TENTH), &cell);
        }
        assert_eq!(totals.cells(None)[0].shoppers, 10);
        assert_eq!((totals.days(), totals.sizes().holdout), (2, 25));
    }

    #[test]
    fn other_shares_are_not_added_up() {
        let mut totals = Totals::new(Share::TENTH, 20);
        let half = Share::of_basis_points(5_000).unwrap();
        totals.add(&group(10, half), &Cell { shoppers: 5, ..Cell::default() });
        assert_eq!((totals.cells(None), totals.others(), totals.days()), ([Cell::default(); 2], 5, 0));
    }

    #[test]
    fn all_personas_together_are_the_sum_of_each() {
        let mut totals = Totals::new(Share::TENTH, 20);
        for (persona, shoppers) in Persona::ALL.into_iter().zip(1..) {
            let group = Group { persona, arm: Arm::Personal, ..group(10, Share::TENTH) };
            totals.add(&group, &Cell { shoppers, ..Cell::default() });
            assert_eq!(totals.cells(Some(persona))[1].shoppers, shoppers);
        }
        assert_eq!(totals.cells(None)[1].shoppers, 10);
    }
}
