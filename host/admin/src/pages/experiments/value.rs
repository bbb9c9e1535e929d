//! What pages cost and are worth, in the merchant's language.

use crate::Counts;
use crate::pages::{page_kind, persona};
use crate::plot::{Line, Plot};
use crate::wording::Words;
use crate::wording::numbers::float;
use crate::worth::{Balance, Day, Done, Groups, Place, Worth};

/// The days that the table shows.
const DAYS_SHOWN: usize = 14;
/// The columns after the first.
const COLUMNS: usize = 11;
/// Before each group has so many shoppers, its share of cart adds says little.
const SHOPPERS_MIN: u64 = 100;

/// Costs and worth as displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// What a day costs and brings: name and value.
    pub a_day: Vec<(&'static str, String)>,
    /// A plot of the comparison, as HTML.
    pub plot: Option<String>,
    /// The last days, and under each its kinds of page.
    pub rows: Vec<Row>,
}

/// A day, or a kind of page on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub is_day: bool,
    pub name: String,
    /// Visits, pages made, calls, tokens, cost, shoppers counted, cart adds, orders, revenue, more revenue, cost of one more
    /// order.
    pub cells: [String; COLUMNS],
}

impl Value {
    /// Returns the same in a language.
    pub fn of(worth: &Worth, words: &Words) -> Self {
        let rows = worth.days.iter().take(DAYS_SHOWN).flat_map(|day| rows(worth, day, words)).collect();
        Self { a_day: a_day(worth, words), plot: plot(&worth.days, words), rows }
    }
}

fn a_day(worth: &Worth, words: &Words) -> Vec<(&'static str, String)> {
    let none = || words.not_known_yet().to_owned();
    let balance = worth.a_day();
    let cost = balance.cost.map(|cost| words.microdollars(cost));
    vec![
        (words.cost_a_day(), cost.unwrap_or_else(none)),
        (words.more_orders(), balance.orders.map_or_else(none, |ends| range(ends, words))),
        (words.more_revenue(), revenue(worth, &balance, words).unwrap_or_else(none)),
        (words.cost_of_an_order(), cost_of_an_order(&balance, words).unwrap_or_else(none)),
    ]
}

fn range([low, high]: [f64; 2], words: &Words) -> String {
    words.interval(&words.signed(low, 2), &words.signed(high, 2))
}

fn revenue(worth: &Worth, balance: &Balance, words: &Words) -> Option<String> {
    balance.revenue.map(|ends| words.in_currency(&range(ends, words), worth.currency))
}

fn cost_of_an_order(balance: &Balance, words: &Words) -> Option<String> {
    let ends = balance.cost_of_an_order;
    ends.map(|[low, high]| words.interval(&words.microdollars(low), &words.microdollars(high)))
}

fn rows(worth: &Worth, day: &Day, words: &Words) -> Vec<Row> {
    // What a day brings is known on average only, and stands above.
    let whole = cells(day.costs, day.all(), [String::new(), String::new()], words);
    let mut rows = vec![Row { is_day: true, name: words.day(day.day), cells: whole }];
    rows.extend(day.of.iter().map(|(place, line)| {
        let balance = worth.line(*place, line);
        let more = [revenue(worth, &balance, words), cost_of_an_order(&balance, words)];
        let more = more.map(|known| known.unwrap_or_else(|| "–".to_owned()));
        Row { is_day: false, name: name(*place, words), cells: cells(line.costs, line.groups, more, words) }
    }));
    rows
}

fn name(place: Place, words: &Words) -> String {
    let shoppers = persona::label(place.persona, words);
    place.page.map_or_else(
        || shoppers.to_owned(),
        |page| words.page_and_shoppers(page_kind::label(page, words), shoppers),
    )
}

fn cells(costs: Option<Counts>, groups: Groups, more: [String; 2], words: &Words) -> [String; COLUMNS] {
    let (costs, done) = (costs.unwrap_or_default(), groups.together());
    let [visits, made, calls, tokens] =
        [costs.shown(), costs.generations, costs.calls, costs.tokens()].map(|number| words.number(number));
    let [shoppers, carted, ordered] =
        [done.shoppers, done.carted, done.ordered].map(|number| words.number(number));
    let cost = words.cost_of(costs.cost_microdollars);
    let revenue = words.money(float(done.revenue), None);
    let [more, cost_of_one] = more;
    [visits, made, calls, tokens, cost, shoppers, carted, ordered, revenue, more, cost_of_one]
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use experiments::{Aggregates, Arm, Cell, Earlier, Group, Report, Sales, Totals};
    use model::shop::Share;
    use model::{PageKind, Persona};

    use super::*;

    fn value(days: std::ops::Range<u32>) -> Value {
        let mut sums = Aggregates::default();
        for day in days {
            for (arm, shoppers, carted) in [(Arm::Holdout, 200, 6), (Arm::Personal, 1_800, 72)] {
                let group = Group {
                    day,
                    share: Share::TENTH,
                    arm,
                    persona: Persona::Explorer,
                    page: Some(PageKind::Home),
                    earlier: Earlier::New,
                    variant: None,
                };
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
    fn under_a_day_stand_its_kinds_of_page() {
        let rows = value(100..102).rows;
        let names: Vec<_> = rows.iter().map(|row| (row.is_day, row.name.as_str())).collect();
        assert_eq!(
            names,
            [
                (true, "Apr 12, 1970"),
                (false, "Home page: Explorers"),
                (true, "Apr 11, 1970"),
                (false, "Home page: Explorers")
            ]
        );
        assert_eq!(rows[1].cells[5..8], ["2,000", "78", "0"]);
        assert_eq!(rows[1].cells[9..], ["–", "–"], "no order is known");
    }

    #[test]
    fn a_single_day_is_no_plot() {
        assert_eq!((value(100..101).plot, value(100..100).plot), (None, None));
    }

    #[test]
    fn unknown_values_are_called_unknown() {
        let told: Vec<_> = value(100..102).a_day.into_iter().map(|(_, value)| value).collect();
        assert_eq!(told, ["not known yet"; 4]);
    }
}
