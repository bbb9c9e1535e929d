//! Moves what a deployment keeps from the backends of one configuration to those of another.
//!
//! Data that the new backends already have stays as it is. So a transfer that was interrupted is run again, and one
//! that is run once more later overwrites nothing newer.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use capabilities::blob::{self, Blob};
use capabilities::clock::{self, Clock};
use capabilities::jobs::{Filter, Jobs};
use capabilities::kv::{self, Kv, Swap};
use capabilities::llm::budget::{self, Amount, Budget, Entry};
use capabilities::tables::Tables;
use capabilities::{jobs as job_storage, shops as shop_storage};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use model::jobs::State;
use model::{Bucket, Store};

use crate::backends;
use crate::config::Config;

/// How many names are listed at once. A folder reads all of its names for each list.
const LISTED: u32 = 5_000;
/// The memory in front of key-value storage, where nothing is read twice.
const MEMORY_BYTES: u64 = 1 << 20;
/// How many values are moved at the same time.
const AT_ONCE: usize = 16;

/// The moved part of a kind of data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// The number of items that were moved.
    pub moved: u64,
    /// The number of items that were in the new backend already, or that expired meanwhile.
    pub skipped: u64,
}

/// Everything that a deployment keeps.
pub struct Stores {
    kv: Arc<dyn Kv>,
    blob: Arc<dyn Blob>,
    jobs: Arc<dyn Jobs>,
    shops: Arc<dyn Tables>,
    budget: Arc<dyn Budget>,
}

/// A kind of data that is in a backend of its own. Jobs come last: they are of use once the rest is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Data {
    /// Entries of key-value storage.
    Kv,
    /// Objects of blob storage.
    Blob,
    /// Shops that installed the app.
    Shops,
    /// Today's use of the language model's budgets.
    Budget,
    /// Jobs.
    Jobs,
}

impl Data {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Kv, Self::Blob, Self::Shops, Self::Budget, Self::Jobs];

    /// Returns its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kv => "kv",
            Self::Blob => "blob",
            Self::Shops => "shops",
            Self::Budget => "budget",
            Self::Jobs => "jobs",
        }
    }

    /// Returns whether two configurations keep it in the same place.
    pub fn is_same(self, one: &Config, other: &Config) -> bool {
        let of = |config: &Config| {
            let selected = &config.file.backends;
            match self {
                Self::Kv => selected.kv.clone(),
                Self::Blob => selected.blob.clone(),
                Self::Shops => selected.shops.clone(),
                Self::Budget => selected.budget.clone(),
                Self::Jobs => selected.jobs.clone(),
            }
        };
        of(one) == of(other) && one.file.server.data_dir == other.file.server.data_dir
    }
}

impl Stores {
    /// Opens the backends of a configuration.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let (site, selected) = (backends::site(config)?, &config.file.backends);
        backends::start(&site).await?;
        Ok(Self {
            kv: kv::open_tiered(&selected.kv, &site, MEMORY_BYTES, Duration::ZERO).await?,
            blob: blob::open(&selected.blob, &site).await?,
            jobs: job_storage::open(&selected.jobs, &site).await?,
            shops: shop_storage::open(&selected.shops, &site).await?,
            budget: budget::open(&selected.budget, &site).await?,
        })
    }

    /// Copies a kind of data to other stores.
    pub async fn copy(&self, data: Data, to: &Self, progress: &dyn Progress) -> anyhow::Result<Moved> {
        match data {
            Data::Kv => entries(&*self.kv, &*to.kv, &clock::System, progress).await,
            Data::Blob => objects(&*self.blob, &*to.blob, progress).await,
            Data::Shops => {
                let (moved, skipped) = admin::copy_shops(&*self.shops, &*to.shops).await?;
                Ok(Moved { moved, skipped })
            }
            Data::Budget => used(&*self.budget, &*to.budget, budget::Day::at(clock::System.now_ms())).await,
            Data::Jobs => jobs(&*self.jobs, &*to.jobs, progress).await,
        }
    }
}

/// Shows how far a transfer is.
pub trait Progress: Sync {
    /// Begins, with so many items.
    fn begin(&self, items: u64);
    /// One more item is done.
    fn advance(&self);
}

/// Moves key-value storage. Entries keep the time at which they expire.
async fn entries(
    from: &dyn Kv,
    to: &dyn Kv,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> anyhow::Result<Moved> {
    let mut keys = Vec::new();
    for store in Store::ALL.map(Store::name) {
        let list = async |after: Option<&str>| Ok(from.list_keys(store, "", after, LISTED).await?);
        keys.extend(all(list).await?.into_iter().map(|key| (store, key)));
    }
    move_each(keys, progress, |(store, key)| async move { entry(from, to, clock, store, &key).await }).await
}

async fn entry(
    from: &dyn Kv,
    to: &dyn Kv,
    clock: &dyn Clock,
    store: &str,
    key: &str,
) -> anyhow::Result<bool> {
    let Some(found) = from.get(store, key).await? else { return Ok(false) };
    let left_ms = found.expires_ms.map(|expires_ms| expires_ms.saturating_sub(clock.now_ms()));
    if left_ms == Some(0) {
        return Ok(false);
    }
    let ttl = left_ms.map(Duration::from_millis);
    Ok(matches!(to.compare_and_swap(store, key, None, found.value, ttl).await?, Swap::Done(_)))
}

/// Moves blob storage.
async fn objects(from: &dyn Blob, to: &dyn Blob, progress: &dyn Progress) -> anyhow::Result<Moved> {
    let mut keys = Vec::new();
    for bucket in Bucket::ALL.map(Bucket::name) {
        let list = async |after: Option<&str>| Ok(from.list_keys(bucket, "", after, LISTED).await?);
        keys.extend(all(list).await?.into_iter().map(|key| (bucket, key)));
    }
    move_each(keys, progress, |(bucket, key)| async move { object(from, to, bucket, &key).await }).await
}

async fn object(from: &dyn Blob, to: &dyn Blob, bucket: &str, key: &str) -> anyhow::Result<bool> {
    if to.get(bucket, key).await?.is_some() {
        return Ok(false);
    }
    let Some(found) = from.get(bucket, key).await? else { return Ok(false) };
    to.put(bucket, key, found).await.with_context(|| key.to_owned())?;
    Ok(true)
}

/// Moves jobs in every state, in the order in which they were enqueued.
async fn jobs(from: &dyn Jobs, to: &dyn Jobs, progress: &dyn Progress) -> anyhow::Result<Moved> {
    let mut jobs = Vec::new();
    for state in State::ALL {
        // There are no more than the queues hold, and than retention keeps.
        let listed = from.list(Filter { state: Some(state), queue: None }, u32::MAX).await?;
        jobs.extend(listed.into_iter().rev());
    }
    let mut moved = Moved::default();
    progress.begin(jobs.len() as u64);
    for job in jobs {
        moved.add(to.import(&job).await?, progress);
    }
    Ok(moved)
}

/// Moves what was used of the budgets of a day and its month.
async fn used(from: &dyn Budget, to: &dyn Budget, day: budget::Day) -> anyhow::Result<Moved> {
    let mut moved = Moved::default();
    let there = to.since(day.first_of_month).await?;
    for Entry { owner, day, amount } in from.since(day.first_of_month).await? {
        let same = there.iter().find(|there| there.owner == owner && there.day == day);
        let missing = amount - same.map(|there| there.amount).unwrap_or_default();
        if missing == Amount::default() {
            moved.skipped += 1;
        } else {
            to.settle(&owner, day, Amount::default(), missing).await?;
            moved.moved += 1;
        }
    }
    Ok(moved)
}

impl Moved {
    fn add(&mut self, is_moved: bool, progress: &dyn Progress) {
        *if is_moved { &mut self.moved } else { &mut self.skipped } += 1;
        progress.advance();
    }
}

/// Returns all names of a list that is read in parts.
async fn all(list: impl AsyncFn(Option<&str>) -> anyhow::Result<Vec<String>>) -> anyhow::Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    loop {
        let part = list(names.last().map(String::as_str)).await?;
        if part.is_empty() {
            return Ok(names);
        }
        names.extend(part);
    }
}

/// Moves items, several at the same time. `work` returns whether it moved its item.
async fn move_each<T, F: Future<Output = anyhow::Result<bool>>>(
    items: Vec<T>,
    progress: &dyn Progress,
    work: impl Fn(T) -> F,
) -> anyhow::Result<Moved> {
    progress.begin(items.len() as u64);
    let mut moved = Moved::default();
    let mut done = stream::iter(items).map(work).buffer_unordered(AT_ONCE);
    while let Some(is_moved) = done.try_next().await? {
        moved.add(is_moved, progress);
    }
    Ok(moved)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use bytes::Bytes;
    use capabilities::jobs::NewJob;
    use capabilities::random;

    use super::*;

    const PAGES: usize = 40;

    #[derive(Default)]
    struct Count {
        items: AtomicU64,
        done: AtomicU64,
    }

    impl Progress for Count {
        fn begin(&self, items: u64) {
            self.items.store(items, Ordering::Relaxed);
            self.done.store(0, Ordering::Relaxed);
        }

        fn advance(&self) {
            self.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    impl Count {
        fn is_complete(&self) -> bool {
            self.items.load(Ordering::Relaxed) == self.done.load(Ordering::Relaxed)
        }
    }

    fn text(text: impl Into<String>) -> Bytes {
        Bytes::from(text.into())
    }

    #[tokio::test]
    async fn entries_move_once_with_the_time_that_they_have_left_and_overwrite_nothing() {
        let (clock, count) = (Arc::new(clock::Scripted::new(1_000)), Count::default());
        let [from, to] = [(); 2].map(|()| kv::Memory::new(clock.clone()));
        let ttl = Some(Duration::from_mins(1));
        for number in 0..PAGES {
            from.set("UI_CACHE", &format!("ui:shop:{number}"), text("page"), ttl).await.unwrap();
            from.set("SHOPPER_SESSIONS", &format!("session:{number}"), text("s"), None).await.unwrap();
        }
        to.set("UI_CACHE", "ui:shop:7", text("newer"), None).await.unwrap();
        clock.advance(Duration::from_secs(20));

        let moved = entries(&from, &to, &*clock, &count).await.unwrap();
        assert_eq!(moved, Moved { moved: 2 * PAGES as u64 - 1, skipped: 1 });
        assert!(count.is_complete());
        let page = to.get("UI_CACHE", "ui:shop:3").await.unwrap().unwrap();
        assert_eq!((page.value, page.expires_ms), (text("page"), Some(61_000)));
        assert_eq!(to.get("UI_CACHE", "ui:shop:7").await.unwrap().unwrap().value, text("newer"));
        let again = entries(&from, &to, &*clock, &count).await.unwrap();
        assert_eq!(again, Moved { moved: 0, skipped: 2 * PAGES as u64 });
    }

    #[tokio::test]
    async fn objects_move_once_and_overwrite_nothing() {
        let (from, to, count) = (blob::Memory::default(), blob::Memory::default(), Count::default());
        for number in 0..PAGES {
            from.put("UI_STORAGE", &format!("generated/shop:{number}.html"), text("page")).await.unwrap();
        }
        to.put("UI_STORAGE", "generated/shop:7.html", text("newer")).await.unwrap();
        let moved = objects(&from, &to, &count).await.unwrap();
        assert_eq!(moved, Moved { moved: PAGES as u64 - 1, skipped: 1 });
        assert!(count.is_complete());
        assert_eq!(to.get("UI_STORAGE", "generated/shop:7.html").await, Ok(Some(text("newer"))));
        assert_eq!(to.get("UI_STORAGE", "generated/shop:39.html").await, Ok(Some(text("page"))));
        let again = objects(&from, &to, &count).await.unwrap();
        assert_eq!(again, Moved { moved: 0, skipped: PAGES as u64 });
    }

    #[tokio::test]
    async fn a_budget_is_not_refilled_and_not_used_twice() {
        let (from, to) = (budget::Memory::default(), budget::Memory::default());
        let amount = |tokens| Amount { tokens, microdollars: 2 * tokens };
        let day = budget::Day { number: 40, first_of_month: 31 };
        for (number, tokens) in [(30, 1_000), (31, 7), (40, 60)] {
            from.settle("tea-house", number, Amount::default(), amount(tokens)).await.unwrap();
        }
        to.settle("tea-house", 40, Amount::default(), amount(20)).await.unwrap();
        for expected in [Moved { moved: 2, skipped: 0 }, Moved { moved: 0, skipped: 2 }] {
            assert_eq!(used(&from, &to, day).await.unwrap(), expected);
            let expected = budget::Used { of_day: amount(60), month_microdollars: 134 };
            assert_eq!(to.used("tea-house", day).await, Ok(expected));
        }
    }

    #[tokio::test]
    async fn jobs_move_in_their_order_and_are_claimed_in_it() {
        let (from, to) = [(); 2].map(|()| job_storage::Memory::new(Arc::new(random::System))).into();
        let count = Count::default();
        for number in 0..5 {
            let (key, payload) = (format!("shop:{number}"), text("payload"));
            let (queues, queue_depth_max) = (vec!["pool-0".to_owned()], 50);
            let job = NewJob { queues, queue_depth_max, key, payload, now_ms: 1_000 + number };
            from.enqueue(job).await.unwrap();
        }
        assert_eq!(jobs(&from, &to, &count).await.unwrap(), Moved { moved: 5, skipped: 0 });
        assert!(count.is_complete());
        for number in 0..5 {
            let claimed = to.claim(2_000, 1_000).await.unwrap();
            let job_storage::ClaimResult::Job(job) = claimed else { panic!("{claimed:?}") };
            assert_eq!((job.key, job.payload), (format!("shop:{number}"), text("payload")));
        }
        assert_eq!(jobs(&from, &to, &count).await.unwrap(), Moved { moved: 0, skipped: 5 });
    }
}
