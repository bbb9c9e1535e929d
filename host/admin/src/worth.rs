//! What pages cost and what they are worth: by day and persona, and a day on average.
//!
//! Costs are those of all pages of a shop: a page is made for a shopper, who may meet it anywhere in the shop, so no cost
//! belongs to one of the personas that the comparison knows. Worth is what the comparison shows, with its interval.

use std::collections::BTreeMap;

use experiments::{Aggregates, Arm, Interval, Measure, Report, Sales};
use model::{Currency, Persona};

use crate::usage::Counts;

/// Over so many days the costs of a day are averaged; as long as they are kept.
pub const COST_DAYS: u32 = 30;

/// What pages of a shop cost and what they are worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Worth {
    /// The days on which pages were shown or shoppers counted, the last one first.
    pub days: Vec<Day>,
    /// The currency of what orders are worth, if any is known.
    pub currency: Option<Currency>,
    /// What a day costs, in millionths of a dollar, if anything was counted.
    cost_a_day: Option<f64>,
    /// How many shoppers get personal pages on a day of the comparison.
    shoppers_a_day: f64,
    orders: Option<Interval>,
    revenue: Option<Interval>,
}

/// What a day costs and brings on average; between two ends, where it comes from the comparison. `None` if it is not known
/// yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ADay {
    /// What it costs, in millionths of a dollar.
    pub cost: Option<f64>,
    /// How many more orders it brings.
    pub orders: Option<[f64; 2]>,
    /// How much more revenue it brings, in units of the currency.
    pub revenue: Option<[f64; 2]>,
    /// What one more order costs, in millionths of a dollar.
    pub cost_of_an_order: Option<[f64; 2]>,
}

/// A day.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// The number of the day since 1970-01-01, in UTC.
    pub day: u32,
    /// What its pages cost; `None` if that is not known any more.
    pub costs: Option<Counts>,
    /// What shoppers did who first saw the block on it, by persona.
    pub of: BTreeMap<Persona, Groups>,
}

/// What both groups of shoppers did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Groups {
    /// Those who are held out.
    pub holdout: Done,
    /// Those with personal pages.
    pub personal: Done,
}

/// What shoppers did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    /// How many they are.
    pub shoppers: u64,
    /// How many put something into the cart.
    pub carted: u64,
    /// How many ordered.
    pub ordered: u64,
    /// What their orders are worth, in hundredths of the currency's unit.
    pub revenue: u64,
}

impl Worth {
    /// Puts together what was counted in a shop and what its pages cost, by day.
    pub fn of(report: &Report, sums: &Aggregates, sales: &Sales, costs: &BTreeMap<u32, Counts>) -> Self {
        let row = |measure| report.rows.iter().find(|row| row.measure == measure && row.persona.is_none());
        let interval = |measure| row(measure).filter(|_| !report.is_mismatched).and_then(|row| row.interval);
        let shoppers = row(Measure::Orders).map_or(0.0, |row| float(row.personal.shoppers));
        Self {
            days: days(sums, sales, costs),
            currency: sales.last_currency(),
            cost_a_day: average(costs),
            shoppers_a_day: shoppers / f64::from(report.days.max(1)),
            orders: interval(Measure::Orders),
            revenue: interval(Measure::Revenue),
        }
    }

    /// Returns what a day costs and brings.
    pub fn a_day(&self) -> ADay {
        let times = |interval: &Interval, unit: f64| {
            [interval.low, interval.high].map(|end| end * self.shoppers_a_day / unit)
        };
        let orders = self.orders.as_ref().map(|interval| times(interval, 1.0));
        let revenue = self.revenue.as_ref().map(|interval| times(interval, 100.0));
        ADay { cost: self.cost_a_day, orders, revenue, cost_of_an_order: self.cost_of_an_order(orders) }
    }

    /// Returns between what one more order costs; `None` while it is not sure that there are more.
    fn cost_of_an_order(&self, orders: Option<[f64; 2]>) -> Option<[f64; 2]> {
        let ([low, high], cost) = (orders?, self.cost_a_day?);
        (low > 0.0).then(|| [cost / high, cost / low])
    }
}

impl Day {
    /// Returns the date, `YYYY-MM-DD`.
    pub fn date(&self) -> String {
        let midnight = jiff::Timestamp::from_second(i64::from(self.day) * 86_400).unwrap_or_default();
        midnight.to_string().chars().take(10).collect()
    }

    /// Returns what all shoppers of a group did.
    pub fn all(&self) -> Groups {
        self.of.values().fold(Groups::default(), |mut sum, groups| {
            sum.holdout.add(groups.holdout);
            sum.personal.add(groups.personal);
            sum
        })
    }
}

impl Groups {
    /// Returns what both did together.
    pub fn together(mut self) -> Done {
        self.holdout.add(self.personal);
        self.holdout
    }
}

impl Done {
    fn add(&mut self, other: Self) {
        self.shoppers += other.shoppers;
        self.carted += other.carted;
        self.ordered += other.ordered;
        self.revenue += other.revenue;
    }
}

fn days(sums: &Aggregates, sales: &Sales, costs: &BTreeMap<u32, Counts>) -> Vec<Day> {
    let mut days = BTreeMap::<u32, BTreeMap<Persona, Groups>>::new();
    let is_of_webhooks = sales.last_currency().is_some();
    for (group, cell) in sums.groups() {
        let ordered = if is_of_webhooks { 0 } else { cell.ordered };
        let done = Done { shoppers: cell.shoppers, carted: cell.carted, ordered, revenue: 0 };
        days.entry(group.day).or_default().entry(group.persona).or_default().of(group.arm).add(done);
    }
    for (group, currency, ordered, worth) in sales.by_group() {
        // Amounts in two currencies are not added up.
        let revenue = if Some(currency) == sales.last_currency() { worth } else { 0 };
        let done = Done { ordered, revenue, ..Done::default() };
        days.entry(group.day).or_default().entry(group.persona).or_default().of(group.arm).add(done);
    }
    for day in costs.keys() {
        days.entry(*day).or_default();
    }
    let day = |(day, of)| Day { day, costs: costs.get(&day).copied(), of };
    days.into_iter().rev().map(day).collect()
}

impl Groups {
    fn of(&mut self, arm: Arm) -> &mut Done {
        match arm {
            Arm::Holdout => &mut self.holdout,
            Arm::Personal => &mut self.personal,
        }
    }
}

/// Returns what a day costs on average.
fn average(costs: &BTreeMap<u32, Counts>) -> Option<f64> {
    let (first, last) = (costs.keys().next()?, costs.keys().next_back()?);
    let sum: u64 = costs.values().map(|counts| counts.cost_microdollars).sum();
    Some(float(sum) / f64::from(last - first + 1))
}

#[expect(clippy::cast_precision_loss, reason = "no shop counts 2^53 of anything")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use experiments::{Cell, Earlier, Group, Shift, Totals};
    use model::shop::Share;

    use super::*;

    /// A shop of 40 days in which twice as many order with personal pages, and 3 dollars a day are spent.
    fn worth(personal_orders: u64) -> Worth {
        let (mut sums, mut sales) = (Aggregates::default(), Sales::default());
        let currency = Currency::named("USD").unwrap();
        for day in 100..140 {
            for (arm, shoppers, orders) in [(Arm::Holdout, 500, 10), (Arm::Personal, 4_500, personal_orders)]
            {
                let group = Group { day, share: Share::TENTH, arm, persona: Persona::Explorer, earlier: Earlier::New };
                sums.add(group, Cell { shoppers, carted: 2 * orders, ..Cell::default() }).unwrap();
                for order in 0..orders {
                    let shift = Shift { currency, before: 0, after: 4_000 + 25 * order };
                    sales.add(group, shift).unwrap();
                }
            }
        }
        let totals = Totals::of(&sums, Share::TENTH, 141).with_sales(&sales);
        let counts = Counts { hits: 90, cost_microdollars: 3_000_000, ..Counts::default() };
        let costs = (111..141).map(|day| (day, counts)).collect();
        Worth::of(&Report::of(&totals), &sums, &sales, &costs)
    }

    #[test]
    fn days_have_their_costs_and_what_both_groups_did() {
        let worth = worth(180);
        assert_eq!(
            (worth.days.len(), worth.days[0].day, worth.days[0].date().as_str()),
            (41, 140, "1970-05-21")
        );
        let today = &worth.days[0];
        assert_eq!((today.costs.unwrap().hits, today.all().together()), (90, Done::default()));
        let before = &worth.days[1];
        let Groups { holdout, personal } = before.of[&Persona::Explorer];
        assert_eq!((holdout.shoppers, holdout.carted, holdout.ordered), (500, 20, 10));
        assert_eq!((personal.shoppers, personal.ordered), (4_500, 180));
        assert_eq!(holdout.revenue, (0..10).map(|order| 4_000 + 25 * order).sum::<u64>());
        assert_eq!(worth.days[40].costs, None, "costs are kept for a month");
    }

    #[test]
    fn what_a_day_brings_has_an_interval_and_one_more_order_a_price() {
        let more = worth(180).a_day();
        assert_eq!(more.cost, Some(3_000_000.0));
        // 90 more orders a day, worth about 45 dollars each.
        let [low, high] = more.orders.unwrap();
        assert!(low > 30.0 && low < 90.0 && high > 90.0 && high < 150.0, "{more:?}");
        assert!(more.revenue.unwrap()[0] > 0.0, "{more:?}");
        let [low, high] = more.cost_of_an_order.unwrap();
        assert!(low < high && high < 100_000.0, "{more:?}");
        let same = worth(90).a_day();
        assert!(same.orders.unwrap()[0] < 0.0, "{same:?}");
        assert_eq!(same.cost_of_an_order, None, "perhaps there are no more");
    }
}
