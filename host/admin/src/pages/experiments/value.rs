//! What pages cost and are worth, in the merchant's language.

use crate::plot::{Line, Plot};
use crate::wording::Words;
use crate::worth::{ADay, Day, Done, Worth};

/// The days that the table shows.
const DAYS_SHOWN: usize = 14;
/// Before each group has so many shoppers, its share of cart adds says little.
const SHOPPERS_MIN: u64 = 100;

/// Costs and worth as displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// What a day costs and brings: name and value.
    pub a_day: Vec<(&'static str, String)>,
    /// A plot of the comparison, as HTML.
    pub plot: Option<String>,
    /// The last days: date, visits, pages made, tokens, cost, shoppers counted, cart adds, orders, revenue.
    pub days: Vec<[String; 9]>,
}

impl Value {
    /// Returns the same in a language.
    pub fn of(worth: &Worth, words: &Words) -> Self {
        let days = worth.days.iter().take(DAYS_SHOWN).map(|day| cells(day, words)).collect();
        Self { a_day: a_day(worth, words), plot: plot(&worth.days, words), days }
    }
}

fn a_day(worth: &Worth, words: &Words) -> Vec<(&'static str, String)> {
    let none = || words.not_known_yet().to_owned();
    let ADay { cost, orders, revenue, cost_of_an_order } = worth.a_day();
    let range = |[low, high]: [f64; 2]| words.interval(&words.signed(low, 2), &words.signed(high, 2));
    let revenue = revenue.map(|ends| words.in_currency(&range(ends), worth.currency));
    let an_order = cost_of_an_order
        .map(|[low, high]| words.interval(&words.microdollars(low), &words.microdollars(high)));
    vec![
        (words.cost_a_day(), cost.map_or_else(none, |cost| words.microdollars(cost))),
        (words.more_orders(), orders.map_or_else(none, range)),
        (words.more_revenue(), revenue.unwrap_or_else(none)),
        (words.cost_of_an_order(), an_order.unwrap_or_else(none)),
    ]
}

fn cells(day: &Day, words: &Words) -> [String; 9] {
    let costs = day.costs.unwrap_or_default();
    let done = day.all().together();
    let numbers = |numbers: [u64; 3]| numbers.map(|number| words.number(number));
    let [visits, made, tokens] = numbers([costs.shown(), costs.generations, costs.tokens()]);
    let [shoppers, carted, ordered] = numbers([done.shoppers, done.carted, done.ordered]);
    let cost = words.microdollars(float(costs.cost_microdollars.div_ceil(100) * 100));
    let revenue = words.money(float(done.revenue), None);
    [words.day(day.day), visits, made, tokens, cost, shoppers, carted, ordered, revenue]
}

/// Returns the plot of cart adds of all days so far; `None` before there are two days with enough shoppers. `days` begins
/// with the last one.
fn plot(days: &[Day], words: &Words) -> Option<String> {
    let points = points(days);
    let (_, last) = points.last()?;
    let [held_out, personal] = last.map(|percent| words.share(percent, 2));
    let line = |class, name, group: usize, value: &str| Line {
        class,
        label: words.line_label(name, value),
        points: points.iter().map(|(day, percent)| (*day, percent[group])).collect(),
    };
    let lines =
        vec![line("base", words.held_out(), 0, &held_out), line("own", words.personal_pages(), 1, &personal)];
    Plot::of(words.cart_adds_summary(&held_out, &personal), lines, |percent| words.share(percent, 1), words)
}

/// Returns the cart adds of 100 shoppers until each day, of those who are held out and of the others.
fn points(days: &[Day]) -> Vec<(u32, [f64; 2])> {
    let mut sums = [(0_u64, 0_u64); 2];
    let mut points = Vec::new();
    for day in days.iter().rev() {
        let groups = day.all();
        for (sum, Done { shoppers, carted, .. }) in sums.iter_mut().zip([groups.holdout, groups.personal]) {
            *sum = (sum.0 + shoppers, sum.1 + carted);
        }
        if sums.iter().all(|(shoppers, _)| *shoppers >= SHOPPERS_MIN) {
            points.push((day.day, sums.map(|(shoppers, carted)| 100.0 * float(carted) / float(shoppers))));
        }
    }
    points
}

#[expect(clippy::cast_precision_loss, reason = "no shop counts 2^53 of anything")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use experiments::{Aggregates, Arm, Cell, Earlier, Group, Report, Sales, Totals};
    use model::Persona;
    use model::shop::Share;

    use super::*;

    fn value(days: std::ops::Range<u32>) -> Value {
        let mut sums = Aggregates::default();
        for day in days {
            for (arm, shoppers, carted) in [(Arm::Holdout, 200, 6), (Arm::Personal, 1_800, 72)] {
                let group = Group { day, share: Share::TENTH, arm, persona: Persona::Explorer, earlier: Earlier::New };
                sums.add(group, Cell { shoppers, carted, ..Cell::default() }).unwrap();
            }
        }
        let report = Report::of(&Totals::of(&sums, Share::TENTH, 200));
        Value::of(&Worth::of(&report, &sums, &Sales::default(), &BTreeMap::new()), Words::of("en"))
    }

    #[test]
    fn a_plot_has_a_line_for_each_group_and_says_the_same_in_words() {
        let plot = value(100..110).plot.unwrap();
        assert_eq!(plot.matches("<polyline").count(), 2, "{plot}");
        assert!(plot.contains("3.00% held out, 4.00% with personal pages"), "{plot}");
        assert!(plot.contains("Apr 11, 1970") && plot.contains("Apr 20, 1970"), "{plot}");
        let points: Vec<_> =
            plot.split("points=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(points.iter().all(|line| line.split_whitespace().count() == 10), "{points:?}");
    }

    #[test]
    fn a_single_day_is_no_plot() {
        assert_eq!((value(100..101).plot, value(100..100).plot), (None, None));
    }

    #[test]
    fn what_is_not_known_yet_is_called_so() {
        let told: Vec<_> = value(100..102).a_day.into_iter().map(|(_, value)| value).collect();
        assert_eq!(told, ["not known yet"; 4]);
    }
}
