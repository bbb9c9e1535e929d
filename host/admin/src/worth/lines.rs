//! The lines of each day, from what was counted and what pages cost.

use std::collections::BTreeMap;

use experiments::{Aggregates, Arm, Group, Sales, Source};
use model::PageKind;

use super::{Day, Done, Groups, Line, Place};
use crate::usage::{ByPage, Counts};

type Lines = BTreeMap<u32, BTreeMap<Place, Line>>;

/// Returns the days, the last one first.
pub(super) fn days(sums: &Aggregates, sales: &Sales, costs: &ByPage) -> Vec<Day> {
    let mut lines = Lines::new();
    let is_of_webhooks = sales.source() == Some(Source::Webhook);
    for (group, cell) in sums.groups() {
        let ordered = if is_of_webhooks { 0 } else { cell.ordered };
        let done = Done { shoppers: cell.shoppers, carted: cell.carted, ordered, revenue: 0 };
        groups_of(&mut lines, group).of(group.arm).add(done);
    }
    for (group, currency, ordered, worth) in sales.by_group() {
        // Amounts in two currencies are not added up.
        let revenue = if Some(currency) == sales.currency() { worth } else { 0 };
        let ordered = if is_of_webhooks { ordered } else { 0 };
        groups_of(&mut lines, group).of(group.arm).add(Done { ordered, revenue, ..Done::default() });
    }
    let all = add_costs(&mut lines, costs);
    let day = |(day, of)| Day { day, costs: all.get(&day).copied(), of };
    lines.into_iter().rev().map(day).collect()
}

fn groups_of<'a>(lines: &'a mut Lines, group: &Group) -> &'a mut Groups {
    let place = Place { page: group.page, persona: group.persona };
    &mut lines.entry(group.day).or_default().entry(place).or_default().groups
}

/// Adds what pages cost to their lines, and returns what all pages of each day cost. Costs of earlier releases, which belong
/// to no kind of page, have no line.
fn add_costs(lines: &mut Lines, costs: &ByPage) -> BTreeMap<u32, Counts> {
    let mut all = BTreeMap::<_, Counts>::new();
    for ((day, page), counts) in costs {
        *all.entry(*day).or_default() += *counts;
        let of_day = lines.entry(*day).or_default();
        if let Some(place) = page.map(place) {
            *of_day.entry(place).or_default().costs.get_or_insert_default() += *counts;
        }
    }
    all
}

fn place(page: PageKind) -> Place {
    Place { page: Some(page), persona: page.suggests() }
}

impl Groups {
    fn of(&mut self, arm: Arm) -> &mut Done {
        match arm {
            Arm::Holdout => &mut self.holdout,
            Arm::Personal => &mut self.personal,
        }
    }
}
