//! What pages cost and what they are worth: by day, kind of page and persona, and a day on average.
//!
//! Both sides of a line are of the same kind of page: what its pages cost, whichever shoppers they were made for, and what the
//! shoppers did who first saw the block on it. The persona is the one that such a page suggests, which is known of both
//! groups. Worth is what the comparison shows, with its interval.

mod csv;
mod lines;

use std::collections::BTreeMap;

use experiments::{Aggregates, Interval, Measure, Report, Sales};
use model::{Currency, PageKind, Persona};

use crate::usage::{ByPage, Counts};
use crate::wording::numbers::{date, float};

pub use csv::csv;

/// Over so many days the costs of a day are averaged; as long as they are kept.
pub const COST_DAYS: u32 = 30;

/// What pages of a shop cost and what they are worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Worth {
    /// The days on which pages were shown or shoppers counted, the last one first.
    pub days: Vec<Day>,
    /// The currency of orders, if any is known.
    pub currency: Option<Currency>,
    /// What a day costs, in millionths of a dollar, if anything was counted.
    cost_a_day: Option<f64>,
    /// How many shoppers get personal pages on a day of the comparison.
    shoppers_a_day: f64,
    /// What each shopper brings, of all and of each persona.
    each: BTreeMap<Option<Persona>, Each>,
}

/// What personal pages change for each shopper.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Each {
    orders: Option<Interval>,
    revenue: Option<Interval>,
}

/// What pages cost and bring; between two ends, where it comes from the comparison. `None` if it is not known yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Balance {
    /// What they cost, in millionths of a dollar.
    pub cost: Option<f64>,
    /// How many more orders they bring.
    pub orders: Option<[f64; 2]>,
    /// How much more revenue they bring, in units of the currency.
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
    /// The lines of the day.
    pub of: BTreeMap<Place, Line>,
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The kind of page; `None` if it was counted before the kind was stored.
    pub page: Option<PageKind>,
    /// The persona that such a page suggests.
    pub persona: Persona,
}

/// A kind of page on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Line {
    /// What its pages cost; `None` if nothing was counted, or that is not known any more.
    pub costs: Option<Counts>,
    /// What shoppers did who first saw the block on it.
    pub groups: Groups,
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
    /// Puts together what was counted in a shop and what its pages cost.
    pub fn of(report: &Report, sums: &Aggregates, sales: &Sales, costs: &ByPage) -> Self {
        Self {
            days: lines::days(sums, sales, costs),
            currency: sales.currency(),
            cost_a_day: average(costs),
            shoppers_a_day: float(report.personal) / f64::from(report.days.max(1)),
            each: each(report),
        }
    }

    /// Returns what a day costs and brings.
    pub fn a_day(&self) -> Balance {
        self.balance(None, self.cost_a_day, self.shoppers_a_day)
    }

    /// Returns what a line costs and brings. Its shoppers are taken to be worth what those of its persona are over the whole
    /// comparison, because the shoppers of a single day say nothing.
    pub fn line(&self, place: Place, line: &Line) -> Balance {
        let cost = line.costs.map(|costs| float(costs.cost_microdollars));
        self.balance(Some(place.persona), cost, float(line.groups.personal.shoppers))
    }

    fn balance(&self, persona: Option<Persona>, cost: Option<f64>, shoppers: f64) -> Balance {
        let each = self.each.get(&persona).copied().unwrap_or_default();
        let times = |interval: Option<Interval>, unit: f64| {
            interval.map(|interval| [interval.low, interval.high].map(|end| end * shoppers / unit))
        };
        let (orders, revenue) = (times(each.orders, 1.0), times(each.revenue, 100.0));
        let cost_of_an_order = cost_of_an_order(cost, orders);
        Balance { cost, orders, revenue, cost_of_an_order }
    }
}

/// Returns between what one more order costs; `None` while it is not sure that there are more.
fn cost_of_an_order(cost: Option<f64>, orders: Option<[f64; 2]>) -> Option<[f64; 2]> {
    let ([low, high], cost) = (orders?, cost?);
    (low > 0.0).then(|| [cost / high, cost / low])
}

fn each(report: &Report) -> BTreeMap<Option<Persona>, Each> {
    let mut each = BTreeMap::<_, Each>::new();
    for row in report.rows.iter().filter(|_| !report.is_mismatched) {
        let of = each.entry(row.persona).or_default();
        match row.measure {
            Measure::Orders => of.orders = row.interval,
            Measure::Revenue => of.revenue = row.interval,
            Measure::CartAdds | Measure::Views => {}
        }
    }
    each
}

impl Day {
    /// Returns the date, `YYYY-MM-DD`.
    pub fn date(&self) -> String {
        date(self.day).to_string()
    }

    /// Returns what all shoppers of a group did.
    pub fn all(&self) -> Groups {
        self.of.values().fold(Groups::default(), |mut sum, line| {
            sum.holdout.add(line.groups.holdout);
            sum.personal.add(line.groups.personal);
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

/// Returns what a day costs on average.
fn average(costs: &ByPage) -> Option<f64> {
    let ((first, _), (last, _)) = (costs.keys().next()?, costs.keys().next_back()?);
    let sum: u64 = costs.values().map(|counts| counts.cost_microdollars).sum();
    Some(float(sum) / f64::from(last - first + 1))
}

#[cfg(test)]
mod tests;
