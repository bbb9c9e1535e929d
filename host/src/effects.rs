//! What personal pages change in a shop: the report of the sums that routing stored.

use std::time::Duration;

use admin::{Balance, Line, Worth};
use anyhow::Context as _;
use capabilities::kv::Kv;
use experiments::{Aggregates, Report, Rollouts, Sales, Totals};
use model::shop::Share;
use model::{Key, PageKind, ShopId, Store};

/// The most entries that are read: those of three years, though they are kept for 400 days.
const ENTRIES_MAX: u32 = 300;

/// How long Rollouts are kept after they were read last: as long as sums.
const ROLLOUTS_TTL: Duration = Duration::from_hours(400 * 24);

/// The most shops whose comparison is in the metrics.
const SHOPS_IN_METRICS: usize = 100;

/// Writes the intervals of a report into the metrics, unless the deployment has too many shops for that.
pub fn measure(shop: &ShopId, shops: usize, report: &Report) {
    if shops > SHOPS_IN_METRICS || report.is_mismatched {
        return;
    }
    let of_all = report.rows.iter().filter(|row| row.persona.is_none());
    for (row, interval) in of_all.filter_map(|row| Some((row, row.interval?))) {
        let ends = [("low", interval.low), ("difference", interval.difference), ("high", interval.high)];
        for (end, value) in ends {
            let (shop, measure) = (shop.to_string(), row.measure.name());
            metrics::gauge!("wandstore_effect", "shop" => shop, "measure" => measure, "end" => end)
                .set(value);
        }
    }
}

/// Writes what a shop's pages cost and are worth into the metrics, by kind of page and persona, unless the deployment has too
/// many shops for that: of the last day whose shoppers are complete.
pub fn measure_worth(shop: &ShopId, shops: usize, worth: &Worth, today: u32) {
    let complete = worth.days.iter().find(|day| experiments::is_complete(day.day, today));
    let Some(day) = complete.filter(|_| shops <= SHOPS_IN_METRICS) else { return };
    for (place, line) in &day.of {
        for (what, value) in figures(line, &worth.line(*place, line)) {
            let page = place.page.map_or("unknown", PageKind::name);
            let (shop, persona) = (shop.to_string(), place.persona.name());
            metrics::gauge!("wandstore_worth", "shop" => shop, "page" => page, "persona" => persona, "what" => what)
                .set(value);
        }
    }
}

/// Returns the figures of a line. Money is in dollars, and revenue in the currency of the shop's orders.
fn figures(line: &Line, balance: &Balance) -> Vec<(&'static str, f64)> {
    let (costs, done) = (line.costs.unwrap_or_default(), line.groups.together());
    let counts = [
        ("visits", costs.shown()),
        ("model_calls", costs.calls),
        ("tokens", costs.tokens()),
        ("cart_adds", done.carted),
        ("orders", done.ordered),
    ];
    let mut figures: Vec<_> = counts.into_iter().map(|(what, count)| (what, float(count))).collect();
    figures.extend(balance.cost.map(|micro| ("cost", dollars(micro))));
    let mut ends = |low, high, ends: Option<[f64; 2]>, unit: fn(f64) -> f64| {
        figures.extend(ends.map(|[low_end, _]| (low, unit(low_end))));
        figures.extend(ends.map(|[_, high_end]| (high, unit(high_end))));
    };
    ends("more_orders_low", "more_orders_high", balance.orders, |orders| orders);
    ends("more_revenue_low", "more_revenue_high", balance.revenue, |revenue| revenue);
    ends("cost_of_an_order_low", "cost_of_an_order_high", balance.cost_of_an_order, dollars);
    figures
}

fn dollars(micro: f64) -> f64 {
    micro / 1_000_000.0
}

#[expect(clippy::cast_precision_loss, reason = "no shop counts 2^53 of anything")]
fn float(count: u64) -> f64 {
    count as f64
}

/// Returns the report on the days under this share of the holdout.
pub async fn report(kv: &dyn Kv, shop: &ShopId, share: Share, now_ms: u64) -> anyhow::Result<Report> {
    let (rollouts, today) = (rollouts(kv, shop).await?, experiments::day(now_ms));
    let totals = Totals::outside(&rollouts, &sums(kv, shop).await?, share, today);
    Ok(Report::of(&totals.with_sales(&sales(kv, shop).await?)))
}

/// Returns the Rollouts of a shop that are known.
pub async fn rollouts(kv: &dyn Kv, shop: &ShopId) -> anyhow::Result<Rollouts> {
    let key = Key::Rollouts(shop);
    let Some(entry) = kv.get(key.store().name(), &key.to_string()).await? else {
        return Ok(Rollouts::default());
    };
    let known = Rollouts::decode(&entry.value);
    known.with_context(|| format!("{key} has another form; a newer release wrote it"))
}

/// Keeps the Rollouts of a shop in place of those that are known.
pub async fn keep_rollouts(kv: &dyn Kv, shop: &ShopId, rollouts: &Rollouts) -> anyhow::Result<()> {
    let key = Key::Rollouts(shop);
    kv.set(key.store().name(), &key.to_string(), rollouts.encode().into(), Some(ROLLOUTS_TTL)).await?;
    Ok(())
}

/// Returns the sums of all that was counted in a shop, but for orders.
pub async fn sums(kv: &dyn Kv, shop: &ShopId) -> anyhow::Result<Aggregates> {
    read(kv, &model::effects_of(shop), Aggregates::decode, Aggregates::merge).await
}

/// Returns the sums of the orders in a shop.
pub async fn sales(kv: &dyn Kv, shop: &ShopId) -> anyhow::Result<Sales> {
    read(kv, &model::sales_of(shop), Sales::decode, Sales::merge).await
}

/// Adds up the entries under a prefix.
async fn read<T: Default>(
    kv: &dyn Kv,
    prefix: &str,
    decode: impl Fn(&[u8]) -> Option<T>,
    merge: impl Fn(&mut T, T),
) -> anyhow::Result<T> {
    let (store, mut sums) = (Store::GenerationQueue.name(), T::default());
    for key in kv.list_keys(store, prefix, None, ENTRIES_MAX).await? {
        let Some(entry) = kv.get(store, &key).await? else { continue };
        let stored = decode(&entry.value);
        merge(
            &mut sums,
            stored.with_context(|| format!("{key} has another form; a newer release wrote it"))?,
        );
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_measured_with_what_is_known_of_it() {
        let costs = admin::Counts {
            hits: 3,
            misses: 2,
            calls: 4,
            tokens_in: 10,
            cost_microdollars: 1_500_000,
            ..Default::default()
        };
        let done = admin::Done { shoppers: 9, carted: 2, ordered: 1, revenue: 700 };
        let line = Line { costs: Some(costs), groups: admin::Groups { holdout: done, personal: done } };
        let ends = Some([-1.0, 2.0]);
        let balance =
            Balance { cost: Some(1_500_000.0), orders: ends, revenue: None, cost_of_an_order: None };
        assert_eq!(
            figures(&line, &balance),
            [
                ("visits", 5.0),
                ("model_calls", 4.0),
                ("tokens", 10.0),
                ("cart_adds", 4.0),
                ("orders", 2.0),
                ("cost", 1.5),
                ("more_orders_low", -1.0),
                ("more_orders_high", 2.0)
            ]
        );
    }
}
