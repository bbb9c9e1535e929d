//! `wandstore report effects --days`: what pages cost and what shoppers did, by day and persona.

use admin::{Balance, Counts, Day, Done, Groups, Line, Place, Worth};
use model::microdollars;

use super::output::aligned;

const HEADINGS: [&str; 14] = [
    "day",
    "page",
    "shoppers",
    "shown",
    "made",
    "calls",
    "tokens",
    "cost",
    "counted",
    "cart adds",
    "orders",
    "revenue",
    "more revenue",
    "cost of one more order",
];

/// Returns the table for people: a line for each day, and one for each kind of page under it. Held out and personal pages are
/// beside each other.
pub fn table(worth: &Worth) -> Vec<String> {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    for day in &worth.days {
        rows.push(all(day));
        rows.extend(day.of.iter().map(|(place, line)| of_page(worth, *place, line)));
    }
    let mut lines: Vec<_> = rows.iter().map(|row| aligned(row, &rows)).collect();
    lines.push(String::new());
    lines.extend(a_day(worth).into_iter().map(|(name, value)| format!("{name}: {value}")));
    lines
}

/// Returns what a day costs and brings: names and values.
fn a_day(worth: &Worth) -> [(&'static str, String); 4] {
    let none = || "not known yet".to_owned();
    let balance = worth.a_day();
    [
        ("Cost a day", balance.cost.map_or_else(none, average)),
        ("More orders a day", balance.orders.map_or_else(none, |ends| range(ends, ""))),
        ("More revenue a day", revenue(worth, &balance).unwrap_or_else(none)),
        ("Cost of one more order", cost_of_an_order(&balance).unwrap_or_else(none)),
    ]
}

fn revenue(worth: &Worth, balance: &Balance) -> Option<String> {
    let currency = worth.currency.map(|currency| format!(" {currency}")).unwrap_or_default();
    balance.revenue.map(|ends| range(ends, &currency))
}

fn cost_of_an_order(balance: &Balance) -> Option<String> {
    balance.cost_of_an_order.map(|[low, high]| format!("{} to {}", average(low), average(high)))
}

fn range([low, high]: [f64; 2], unit: &str) -> String {
    format!("{} to {}{unit}", signed(low), signed(high))
}

/// Formats millionths of a dollar on average.
fn average(micro: f64) -> String {
    format!("${:.4}", micro / 1_000_000.0)
}

fn signed(value: f64) -> String {
    if value < 0.0 { format!("−{:.2}", -value) } else { format!("+{value:.2}") }
}

fn all(day: &Day) -> [String; 14] {
    // What a day brings is known on average only, and stands below.
    row(
        [day.date(), "all".to_owned(), "all".to_owned()],
        day.costs,
        day.all(),
        [String::new(), String::new()],
    )
}

fn of_page(worth: &Worth, place: Place, line: &Line) -> [String; 14] {
    let balance = worth.line(place, line);
    let page = place.page.map_or("unknown", |page| page.name());
    let names = [String::new(), page.to_owned(), place.persona.name().to_owned()];
    let more = [revenue(worth, &balance), cost_of_an_order(&balance)].map(Option::unwrap_or_default);
    row(names, line.costs, line.groups, more)
}

fn row(names: [String; 3], costs: Option<Counts>, groups: Groups, more: [String; 2]) -> [String; 14] {
    let [day, page, persona] = names;
    let costs = costs.map(|costs| {
        let cost = format!("${}", microdollars::decimal(costs.cost_microdollars));
        let [shown, made, calls] =
            [costs.shown(), costs.generations, costs.calls].map(|count| count.to_string());
        [shown, made, calls, costs.tokens().to_string(), cost]
    });
    let [shown, made, calls, tokens, cost] = costs.unwrap_or_default();
    let [counted, carted, ordered, revenue] = done(groups);
    let [more, cost_of_one] = more;
    [
        day,
        page,
        persona,
        shown,
        made,
        calls,
        tokens,
        cost,
        counted,
        carted,
        ordered,
        revenue,
        more,
        cost_of_one,
    ]
}

fn done(Groups { holdout, personal }: Groups) -> [String; 4] {
    let both = |of: fn(&Done) -> String| format!("{} / {}", of(&holdout), of(&personal));
    [
        both(|done| done.shoppers.to_string()),
        both(|done| done.carted.to_string()),
        both(|done| done.ordered.to_string()),
        both(|done| money(done.revenue)),
    ]
}

/// Formats hundredths.
fn money(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
