//! `wandstore report effects --days`: what pages cost and what shoppers did, by day and persona.

use admin::{ADay, Day, Done, Groups, Worth};
use model::{Persona, ShopId};

use super::output::aligned;

const HEADINGS: [&str; 10] =
    ["day", "shoppers", "shown", "made", "tokens", "cost", "counted", "cart adds", "orders", "revenue"];

/// Returns the table for people: a line for each day, and one for each persona under it. Held out and personal pages are
/// beside each other.
pub fn table(worth: &Worth) -> Vec<String> {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    for day in &worth.days {
        rows.push(all(day));
        rows.extend(day.of.iter().map(|(persona, groups)| of_persona(*persona, *groups)));
    }
    let mut lines: Vec<_> = rows.iter().map(|row| aligned(row, &rows)).collect();
    lines.push(String::new());
    lines.extend(a_day(worth).into_iter().map(|(name, value)| format!("{name}: {value}")));
    lines
}

/// Returns what a day costs and brings: names and values.
fn a_day(worth: &Worth) -> [(&'static str, String); 4] {
    let none = || "not known yet".to_owned();
    let ADay { cost, orders, revenue, cost_of_an_order } = worth.a_day();
    let currency = worth.currency.map(|currency| format!(" {currency}")).unwrap_or_default();
    let range = |[low, high]: [f64; 2], unit: &str| format!("{} to {}{unit}", signed(low), signed(high));
    let an_order = cost_of_an_order.map(|[low, high]| format!("{} to {}", average(low), average(high)));
    [
        ("Cost a day", cost.map_or_else(none, average)),
        ("More orders a day", orders.map_or_else(none, |ends| range(ends, ""))),
        ("More revenue a day", revenue.map_or_else(none, |ends| range(ends, &currency))),
        ("Cost of one more order", an_order.unwrap_or_else(none)),
    ]
}

/// Formats millionths of a dollar on average.
fn average(micro: f64) -> String {
    format!("${:.4}", micro / 1_000_000.0)
}

fn signed(value: f64) -> String {
    if value < 0.0 { format!("−{:.2}", -value) } else { format!("+{value:.2}") }
}

fn all(day: &Day) -> [String; 10] {
    let costs = day.costs.map(|costs| {
        let [shown, made, tokens] = [costs.shown(), costs.generations, costs.tokens()];
        let cost = dollars(costs.cost_microdollars);
        [shown.to_string(), made.to_string(), tokens.to_string(), cost]
    });
    let [shown, made, tokens, cost] = costs.unwrap_or_default();
    let [counted, carted, ordered, revenue] = done(day.all());
    [day.date(), "all".to_owned(), shown, made, tokens, cost, counted, carted, ordered, revenue]
}

fn of_persona(persona: Persona, groups: Groups) -> [String; 10] {
    let [counted, carted, ordered, revenue] = done(groups);
    let none = String::new;
    [none(), persona.name().to_owned(), none(), none(), none(), none(), counted, carted, ordered, revenue]
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

/// Returns the same for programs. Costs are those of all personas together, and are in their lines only.
pub fn csv(shop: &ShopId, worth: &Worth) -> Vec<String> {
    let head = "shop,day,persona,shown,made,tokens_in,tokens_out,cost_dollars,holdout_shoppers,personal_shoppers,\
                holdout_cart_adds,personal_cart_adds,holdout_orders,personal_orders,holdout_revenue,personal_revenue,\
                currency";
    let currency = worth.currency.map(|currency| currency.to_string()).unwrap_or_default();
    let mut lines = vec![head.to_owned()];
    for day in &worth.days {
        let costs = day.costs.map(|costs| {
            let (shown, made) = (costs.shown(), costs.generations);
            let (tokens_in, tokens_out) = (costs.tokens_in, costs.tokens_out);
            format!("{shown},{made},{tokens_in},{tokens_out},{}", micro(costs.cost_microdollars))
        });
        let mut line = |persona: &str, costs: &str, Groups { holdout, personal }: Groups| {
            let both = |of: fn(&Done) -> String| format!("{},{}", of(&holdout), of(&personal));
            let (shoppers, carted) =
                (both(|done| done.shoppers.to_string()), both(|done| done.carted.to_string()));
            let (ordered, revenue) =
                (both(|done| done.ordered.to_string()), both(|done| money(done.revenue)));
            let date = day.date();
            lines.push(format!(
                "{shop},{date},{persona},{costs},{shoppers},{carted},{ordered},{revenue},{currency}"
            ));
        };
        line("all", &costs.unwrap_or_else(|| ",,,,".to_owned()), day.all());
        day.of.iter().for_each(|(persona, groups)| line(persona.name(), ",,,,", *groups));
    }
    lines
}

/// Formats hundredths.
fn money(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Formats millionths.
fn micro(millionths: u64) -> String {
    format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
}

fn dollars(millionths: u64) -> String {
    format!("${}", micro(millionths))
}
