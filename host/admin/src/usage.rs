//! Usage counts per shop and hour, kept in memory and written every few seconds. Counts of several hosts add up.

use std::collections::{BTreeMap, HashMap};
use std::ops::AddAssign;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use capabilities::clock::Clock;
use capabilities::tables::{Row, Statement, Tables};
use model::{PageKind, ShopId};

use crate::records::{integer, natural};
use crate::{Unavailable, sql};

const HOUR_MS: u64 = 3_600_000;
/// The hours of a day.
const HOURS: u64 = 24;
/// How often counts are written.
const PERIOD: Duration = Duration::from_secs(5);
/// The number of counts deleted in one statement, so that other writes can run in between.
const PURGED_AT_ONCE: u64 = 1_000;
/// How long counts are kept, in hours.
const KEEP_HOURS: u64 = 30 * 24;

/// A counted event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A shopper got their fresh page.
    Hit,
    /// A shopper got their stale page, and a new one was queued.
    Stale,
    /// A shopper got the fallback page.
    Miss,
    /// A page was made.
    Generation,
    /// A page could not be made.
    Failure,
    /// An attempt to make a page ended, successfully or not.
    Attempt {
        /// Calls of the model.
        calls: u64,
        /// Tokens that the model read.
        tokens_in: u64,
        /// Tokens that it wrote.
        tokens_out: u64,
        /// The cost of these tokens, in millionths of a dollar.
        cost_microdollars: u64,
    },
}

/// Counts by the number of the day since 1970-01-01 and the kind of page.
pub type ByPage = BTreeMap<(u32, Option<PageKind>), Counts>;

/// Counts of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Visits that got a fresh page.
    pub hits: u64,
    /// Visits that got a stale page.
    pub stale: u64,
    /// Visits that got the fallback page.
    pub misses: u64,
    /// Pages that were made.
    pub generations: u64,
    /// Pages that could not be made.
    pub failures: u64,
    /// Calls of the model, including failed attempts.
    pub calls: u64,
    /// Tokens that the model read, including failed attempts.
    pub tokens_in: u64,
    /// Tokens that it wrote.
    pub tokens_out: u64,
    /// The cost of these tokens, in millionths of a dollar.
    pub cost_microdollars: u64,
}

impl Counts {
    /// Returns how many visits got a page of any kind.
    pub fn shown(&self) -> u64 {
        self.hits + self.stale + self.misses
    }

    /// Returns how many visits got a page that was made for the shopper.
    pub fn own(&self) -> u64 {
        self.hits + self.stale
    }

    /// Returns how many tokens the model read and wrote.
    pub fn tokens(&self) -> u64 {
        self.tokens_in + self.tokens_out
    }
}

/// What counts belong to: the shop, the hour, and the kind of page. Those of earlier releases belong to no kind.
type Key = (ShopId, u64, PageKind);

/// The counter of shops' events.
pub struct Usage {
    tables: Arc<dyn Tables>,
    clock: Arc<dyn Clock>,
    /// Counts that are not written yet.
    pending: Mutex<HashMap<Key, Counts>>,
    /// Held while counts are written, so that the final flush waits for one in progress.
    writing: tokio::sync::Mutex<()>,
    /// The hour of the last purge.
    purged_hour: AtomicU64,
}

impl Usage {
    pub(crate) fn new(tables: Arc<dyn Tables>, clock: Arc<dyn Clock>) -> Self {
        let (pending, writing) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { tables, clock, pending, writing, purged_hour: AtomicU64::new(0) }
    }

    /// Counts an event on a kind of page. Takes no longer than a lock and a look into a table.
    pub fn count(&self, shop: &ShopId, page: PageKind, event: Event) {
        self.add((shop.clone(), self.hour(), page), event.into());
    }

    /// Writes what was counted, every few seconds, until it is dropped. Call [`Usage::flush`] at the end.
    pub async fn run(self: &Arc<Self>) {
        loop {
            tokio::time::sleep(PERIOD).await;
            self.flush().await;
        }
    }

    /// Writes pending counts, and keeps those that cannot be written for the next time. It continues even if the caller
    /// stops waiting, because counts that are being written exist nowhere else.
    pub async fn flush(self: &Arc<Self>) {
        let this = self.clone();
        if let Err(error) = tokio::spawn(async move { this.write_pending().await }).await {
            tracing::error!(%error, "cannot write usage");
        }
    }

    /// Drops what was counted of a shop whose data was deleted, and not written.
    pub(crate) fn forget(&self, shop: &ShopId) {
        self.pending().retain(|(of, ..), _| of != shop);
    }

    async fn write_pending(&self) {
        let _alone = self.writing.lock().await;
        let keys: Vec<_> = self.pending().keys().cloned().collect();
        for key in keys {
            let Some(counts) = self.pending().remove(&key) else { continue };
            if let Err(error) = self.write(&key, counts).await {
                tracing::warn!(%error, "cannot write usage");
                self.add(key, counts);
                // Each of the remaining writes would fail in the same way.
                return;
            }
        }
    }

    /// Returns the counts of this hour and the 23 before it.
    pub async fn last_24_hours(&self, id: &ShopId) -> Result<Counts, Unavailable> {
        let first = self.hour().saturating_sub(23);
        let query = Statement::new(sql::SUM).bind(id.as_str()).bind(integer(first));
        let row = self.tables.first(query).await?;
        let mut sum = row.as_ref().map(counts).transpose()?.unwrap_or_default();
        let pending = self.pending();
        let of_shop = pending.iter().filter(|((shop, hour, _), _)| shop == id && *hour >= first);
        of_shop.for_each(|(_, counts)| sum += *counts);
        Ok(sum)
    }

    /// Returns the counts of the last so many days, as long as they are kept, by the number of the day since 1970-01-01.
    pub async fn by_day(&self, id: &ShopId, days: u32) -> Result<BTreeMap<u32, Counts>, Unavailable> {
        let mut by_day = BTreeMap::<_, Counts>::new();
        for ((day, _), counts) in self.by_day_and_page(id, days).await? {
            *by_day.entry(day).or_default() += counts;
        }
        Ok(by_day)
    }

    /// Returns the same by the kind of page, too, which is `None` for counts of earlier releases.
    pub async fn by_day_and_page(&self, id: &ShopId, days: u32) -> Result<ByPage, Unavailable> {
        let today = self.hour() / HOURS;
        let first = today.saturating_sub(u64::from(days)) + 1;
        let query = Statement::new(sql::BY_DAY).bind(id.as_str()).bind(integer(first * HOURS));
        let mut by_page = ByPage::new();
        for row in self.tables.all(query).await? {
            let (day, page): (_, String) = (natural(row.get("day")?), row.get("page")?);
            let day = u32::try_from(day).unwrap_or(u32::MAX);
            by_page.insert((day, PageKind::named(&page)), counts(&row)?);
        }
        for ((_, hour, page), counts) in self.pending().iter().filter(|((shop, ..), _)| shop == id) {
            let day = u32::try_from(hour / HOURS).unwrap_or(u32::MAX);
            *by_page.entry((day, Some(*page))).or_default() += *counts;
        }
        Ok(by_page)
    }

    /// Deletes old counts and returns how many. It reads all counts, once an hour.
    pub async fn purge(&self) -> Result<u64, Unavailable> {
        let hour = self.hour();
        if self.purged_hour.load(Ordering::Relaxed) == hour {
            return Ok(0);
        }
        let first = integer(hour.saturating_sub(KEEP_HOURS));
        let mut purged = 0;
        loop {
            let statement = Statement::new(sql::PURGE_USAGE).bind(first).bind(integer(PURGED_AT_ONCE));
            let count = self.tables.change_many(statement).await?;
            purged += count;
            if count < PURGED_AT_ONCE {
                self.purged_hour.store(hour, Ordering::Relaxed);
                return Ok(purged);
            }
        }
    }

    fn hour(&self) -> u64 {
        self.clock.now_ms() / HOUR_MS
    }

    fn add(&self, key: Key, counts: Counts) {
        *self.pending().entry(key).or_default() += counts;
    }

    fn pending(&self) -> MutexGuard<'_, HashMap<Key, Counts>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write(&self, (shop, hour, page): &Key, counts: Counts) -> Result<(), Unavailable> {
        let statement = Statement::new(sql::COUNT)
            .bind(shop.as_str())
            .bind(integer(*hour))
            .bind(page.name())
            .bind(integer(counts.hits))
            .bind(integer(counts.stale))
            .bind(integer(counts.misses))
            .bind(integer(counts.generations))
            .bind(integer(counts.failures))
            .bind(integer(counts.calls))
            .bind(integer(counts.tokens_in))
            .bind(integer(counts.tokens_out))
            .bind(integer(counts.cost_microdollars));
        self.tables.change(statement).await?;
        Ok(())
    }
}

impl From<Event> for Counts {
    fn from(event: Event) -> Self {
        let none = Self::default();
        match event {
            Event::Hit => Self { hits: 1, ..none },
            Event::Stale => Self { stale: 1, ..none },
            Event::Miss => Self { misses: 1, ..none },
            Event::Generation => Self { generations: 1, ..none },
            Event::Failure => Self { failures: 1, ..none },
            Event::Attempt { calls, tokens_in, tokens_out, cost_microdollars } => {
                Self { calls, tokens_in, tokens_out, cost_microdollars, ..none }
            }
        }
    }
}

/// Returns the counts in a row.
fn counts(row: &Row) -> Result<Counts, Unavailable> {
    let count = |column| row.get(column).map(natural);
    Ok(Counts {
        hits: count("hits")?,
        stale: count("stale")?,
        misses: count("misses")?,
        generations: count("generations")?,
        failures: count("failures")?,
        calls: count("calls")?,
        tokens_in: count("tokens_in")?,
        tokens_out: count("tokens_out")?,
        cost_microdollars: count("cost_microdollars")?,
    })
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.hits += other.hits;
        self.stale += other.stale;
        self.misses += other.misses;
        self.generations += other.generations;
        self.failures += other.failures;
        self.calls += other.calls;
        self.tokens_in += other.tokens_in;
        self.tokens_out += other.tokens_out;
        self.cost_microdollars += other.cost_microdollars;
    }
}
