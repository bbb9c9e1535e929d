//! What personal pages change in a shop: the report of the sums that routing stored.

use anyhow::Context as _;
use capabilities::kv::Kv;
use experiments::{Aggregates, Report, Sales, Totals};
use model::shop::Share;
use model::{ShopId, Store};

/// The most entries that are read: those of three years, though they are kept for 400 days.
const ENTRIES_MAX: u32 = 300;

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

/// Returns the report on the days under this share of the holdout.
pub async fn report(kv: &dyn Kv, shop: &ShopId, share: Share, now_ms: u64) -> anyhow::Result<Report> {
    let totals = Totals::of(&sums(kv, shop).await?, share, experiments::day(now_ms));
    Ok(Report::of(&totals.with_sales(&sales(kv, shop).await?)))
}

/// Returns the sums of all that was counted in a shop, but for orders.
pub async fn sums(kv: &dyn Kv, shop: &ShopId) -> anyhow::Result<Aggregates> {
    read(kv, &model::effects_of(shop), Aggregates::decode, Aggregates::merge).await
}

/// Returns the sums of what was ordered in a shop.
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
