//! What personal pages change in a shop: the report of the sums that routing stored.

use anyhow::Context as _;
use capabilities::kv::Kv;
use experiments::{Aggregates, Report, Totals};
use model::shop::Share;
use model::{ShopId, Store};

/// The most entries that are read: those of three years, though they are kept for 400 days.
const ENTRIES_MAX: u32 = 300;

/// Returns the report on the days under this share of the holdout.
pub async fn report(kv: &dyn Kv, shop: &ShopId, share: Share, now_ms: u64) -> anyhow::Result<Report> {
    Ok(Report::of(&Totals::of(&sums(kv, shop).await?, share, experiments::day(now_ms))))
}

/// Returns the sums of all that was counted in a shop.
pub async fn sums(kv: &dyn Kv, shop: &ShopId) -> anyhow::Result<Aggregates> {
    let (store, mut sums) = (Store::GenerationQueue.name(), Aggregates::default());
    for key in kv.list_keys(store, &model::effects_of(shop), None, ENTRIES_MAX).await? {
        let Some(entry) = kv.get(store, &key).await? else { continue };
        let stored = Aggregates::decode(&entry.value);
        sums.merge(stored.with_context(|| format!("{key} has another form; a newer release wrote it"))?);
    }
    Ok(sums)
}
