//! What pages cost and are worth as comma-separated values (RFC 4180), for spreadsheets and programs.

use model::ShopId;

use super::{Balance, Counts, Done, Groups, Worth};

const HEAD: &str = "shop,day,page,persona,shown,made,calls,tokens_in,tokens_out,cost_dollars,holdout_shoppers,\
    personal_shoppers,holdout_cart_adds,personal_cart_adds,holdout_orders,personal_orders,holdout_revenue,\
    personal_revenue,currency,more_orders_low,more_orders_high,more_revenue_low,more_revenue_high,\
    cost_of_an_order_low,cost_of_an_order_high";

/// Returns the lines: of each day one of all pages, and one of each kind of page. No field has a comma or a quotation mark.
pub fn csv(shop: &ShopId, worth: &Worth) -> Vec<String> {
    let currency = worth.currency.map(|currency| currency.to_string()).unwrap_or_default();
    let mut lines = vec![HEAD.to_owned()];
    for day in &worth.days {
        let mut add = |page: &str, persona: &str, rest: [String; 3]| {
            let [costs, groups, balance] = rest;
            lines.push(format!(
                "{shop},{},{page},{persona},{costs},{groups},{currency},{balance}",
                day.date()
            ));
        };
        // What a day brings is known on average only.
        add("all", "all", [costs(day.costs), groups(day.all()), ",,,,,".to_owned()]);
        for (place, line) in &day.of {
            let page = place.page.map_or("unknown", |page| page.name());
            let balance = balance(&worth.line(*place, line));
            add(page, place.persona.name(), [costs(line.costs), groups(line.groups), balance]);
        }
    }
    lines
}

fn costs(costs: Option<Counts>) -> String {
    let Some(counts) = costs else { return ",,,,,".to_owned() };
    let Counts { generations, calls, tokens_in, tokens_out, cost_microdollars, .. } = counts;
    let (dollars, millionths) = (cost_microdollars / 1_000_000, cost_microdollars % 1_000_000);
    format!("{},{generations},{calls},{tokens_in},{tokens_out},{dollars}.{millionths:06}", counts.shown())
}

fn groups(Groups { holdout, personal }: Groups) -> String {
    let both = |of: fn(&Done) -> String| format!("{},{}", of(&holdout), of(&personal));
    [
        both(|done| done.shoppers.to_string()),
        both(|done| done.carted.to_string()),
        both(|done| done.ordered.to_string()),
        both(|done| format!("{}.{:02}", done.revenue / 100, done.revenue % 100)),
    ]
    .join(",")
}

fn balance(Balance { orders, revenue, cost_of_an_order, .. }: &Balance) -> String {
    let dollars = cost_of_an_order.map(|ends| ends.map(|micro| micro / 1_000_000.0));
    let ends = |ends: Option<[f64; 2]>, digits: usize| {
        ends.map_or_else(|| ",".to_owned(), |[low, high]| format!("{low:.digits$},{high:.digits$}"))
    };
    [ends(*orders, 4), ends(*revenue, 2), ends(dollars, 6)].join(",")
}
