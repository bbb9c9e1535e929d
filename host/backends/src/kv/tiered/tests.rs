//! Tests of what the memory tier must and must not cache. The battery tests that it works like any
//! other backend.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::*;
use crate::clock;
use crate::faults::Faults;
use crate::kv::{Memory, Scripted};
use crate::watch::Watcher as _;

const TRUST: Duration = Duration::from_secs(2);

fn clock() -> Arc<clock::Scripted> {
    Arc::new(clock::Scripted::new(1_000_000))
}

fn tier(below: Arc<dyn Kv>, clock: &Arc<clock::Scripted>) -> Arc<Tiered> {
    Arc::new(Tiered::new(below, clock.clone(), 1 << 20, TRUST))
}

fn peek(tier: &Tiered) -> Option<Bytes> {
    match tier.peek("S", "k") {
        Peeked::Held(entry) => Some(entry.value),
        Peeked::Absent | Peeked::Unknown => None,
    }
}

async fn write(kv: &dyn Kv, value: &'static str) -> u64 {
    kv.set("S", "k", value.into(), None).await.unwrap()
}

#[tokio::test]
async fn recent_reads_and_writes_are_served_from_memory() {
    let clock = clock();
    let below = Arc::new(Memory::new(clock.clone()));
    let tier = tier(below.clone(), &clock);
    assert_eq!(peek(&tier), None);
    write(&*below, "theirs").await;
    assert_eq!(peek(&tier), None, "never heard of");
    tier.get("S", "k").await.unwrap();
    assert_eq!(peek(&tier).unwrap(), "theirs");
    write(&*tier, "ours").await;
    assert_eq!(peek(&tier).unwrap(), "ours");
    assert_eq!(tier.peek("S", "k"), below.get("S", "k").await.unwrap().into());
}

#[tokio::test]
async fn an_absent_key_is_remembered_until_it_is_written_or_trust_ends() {
    let clock = clock();
    let below = Arc::new(Memory::new(clock.clone()));
    let tier = tier(below.clone(), &clock);
    tier.get("S", "k").await.unwrap();
    assert_eq!(tier.peek("S", "k"), Peeked::Absent);
    write(&*tier, "ours").await;
    assert_eq!(peek(&tier).unwrap(), "ours");

    tier.delete("S", "k").await.unwrap();
    tier.get("S", "k").await.unwrap();
    write(&*below, "theirs").await;
    assert_eq!(tier.peek("S", "k"), Peeked::Absent);
    clock.advance(TRUST);
    assert_eq!(tier.peek("S", "k"), Peeked::Unknown);
    assert_eq!(tier.get("S", "k").await.unwrap().unwrap().value, "theirs");
}

#[tokio::test]
async fn data_that_another_process_redacts_is_gone_at_once() {
    let clock = clock();
    let below = Arc::new(Memory::new(clock.clone()));
    let tier = tier(below.clone(), &clock);
    let (sessions, session) = (Store::ShopperSessions.name(), "session:tea-house:customer-7");
    let (pages, mark) = (Store::UiCache.name(), "forgotten:tea-house:customer-7");
    tier.set(sessions, session, "signals".into(), None).await.unwrap();
    assert!(tier.get(sessions, session).await.unwrap().is_some());
    assert_eq!(tier.get(pages, mark).await, Ok(None));

    below.delete(sessions, session).await.unwrap();
    below.set(pages, mark, "1".into(), None).await.unwrap();
    assert_eq!((tier.peek(sessions, session), tier.peek(pages, mark)), (Peeked::Unknown, Peeked::Unknown));
    assert_eq!(tier.get(sessions, session).await, Ok(None));
    assert!(tier.get(pages, mark).await.unwrap().is_some());
}

#[tokio::test]
async fn a_write_of_another_process_shows_when_trust_ends() {
    let clock = clock();
    let below = Arc::new(Memory::new(clock.clone()));
    let tier = tier(below.clone(), &clock);
    write(&*tier, "ours").await;
    write(&*below, "theirs").await;
    clock.advance(Duration::from_millis(1_999));
    assert_eq!(peek(&tier).unwrap(), "ours");
    clock.advance(Duration::from_millis(1));
    assert_eq!(peek(&tier), None);
    assert_eq!(tier.get("S", "k").await.unwrap().unwrap().value, "theirs");
}

#[tokio::test]
async fn a_clock_that_goes_back_prolongs_no_trust() {
    let clock = clock();
    let tier = tier(Arc::new(Memory::new(clock.clone())), &clock);
    write(&*tier, "v").await;
    clock.set(0);
    assert_eq!(peek(&tier), None);
}

#[tokio::test]
async fn memory_keeps_to_the_time_to_live() {
    let clock = clock();
    let tier = tier(Arc::new(Memory::new(clock.clone())), &clock);
    let second = Duration::from_secs(1);
    tier.set("S", "k", "v".into(), Some(second)).await.unwrap();
    assert!(peek(&tier).is_some());
    clock.advance(second);
    assert_eq!(peek(&tier), None);
}

/// Otherwise the loser would read the outdated cached value and lose again until `trust` ends.
#[tokio::test]
async fn a_swap_lost_to_another_process_is_won_at_the_second_try() {
    let clock = clock();
    let below = Arc::new(Memory::new(clock.clone()));
    let tier = tier(below.clone(), &clock);
    let known = write(&*tier, "ours").await;
    write(&*below, "theirs").await;
    assert_eq!(tier.compare_and_swap("S", "k", Some(known), "new".into(), None).await, Ok(Swap::Lost));
    let known = tier.get("S", "k").await.unwrap().unwrap();
    assert_eq!(known.value, "theirs");
    let swap = tier.compare_and_swap("S", "k", Some(known.version), "new".into(), None).await;
    assert!(matches!(swap, Ok(Swap::Done(_))));
    assert_eq!(peek(&tier).unwrap(), "new");
}

#[tokio::test]
async fn a_write_that_failed_leaves_nothing_to_trust() {
    let clock = clock();
    let faults = Arc::new(Faults::default());
    let below = Arc::new(Scripted::new(Arc::new(Memory::new(clock.clone())), faults.clone()));
    let tier = tier(below, &clock);
    write(&*tier, "before").await;
    faults.fail_next(1);
    assert!(tier.set("S", "k", "after".into(), None).await.is_err());
    assert_eq!(peek(&tier), None, "it may have been written anyway");
    assert_eq!(tier.get("S", "k").await.unwrap().unwrap().value, "before");
}

#[tokio::test]
async fn memory_serves_while_the_backend_is_down_as_long_as_it_is_trusted() {
    let clock = clock();
    let faults = Arc::new(Faults::default());
    let below = Arc::new(Scripted::new(Arc::new(Memory::new(clock.clone())), faults.clone()));
    let tier = tier(below, &clock);
    write(&*tier, "v").await;
    faults.break_all();
    assert_eq!(tier.get("S", "k").await.unwrap().unwrap().value, "v");
    clock.advance(TRUST);
    assert!(tier.get("S", "k").await.is_err());
    faults.restore();
    assert_eq!(tier.get("S", "k").await.unwrap().unwrap().value, "v");
}

#[tokio::test]
async fn memory_is_bounded() {
    let clock = clock();
    let below = Arc::new(Memory::new(clock.clone()));
    let tier = Tiered::new(below, clock, 100_000, TRUST);
    for n in 0..100 {
        tier.set("S", &format!("k{n}"), vec![0; 10_000].into(), None).await.unwrap();
    }
    tier.known.memory.run_pending_tasks();
    assert!(
        (10_000..=100_000).contains(&tier.known.memory.weighted_size()),
        "{}",
        tier.known.memory.weighted_size()
    );
}

/// A backend that holds one answer back until it is released.
struct Slow {
    inner: Memory,
    next_is_late: AtomicBool,
    on_their_way: Semaphore,
    let_go: Semaphore,
}

impl Slow {
    fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        let inner = Memory::new(clock);
        let next_is_late = AtomicBool::new(false);
        Arc::new(Self { inner, next_is_late, on_their_way: Semaphore::new(0), let_go: Semaphore::new(0) })
    }

    async fn deliver<T>(&self, answer: T) -> T {
        if self.next_is_late.swap(false, Ordering::SeqCst) {
            self.on_their_way.add_permits(1);
            self.let_go.acquire().await.unwrap().forget();
        }
        answer
    }

    /// Starts `task`, and returns once the backend holds its answer back.
    async fn hold<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        self.next_is_late.store(true, Ordering::SeqCst);
        let task = tokio::spawn(task);
        self.on_their_way.acquire().await.unwrap().forget();
        task
    }
}

#[async_trait]
impl Kv for Slow {
    async fn get(&self, store: &str, key: &str) -> Result<Option<Entry>, Error> {
        let answer = self.inner.get(store, key).await;
        self.deliver(answer).await
    }

    async fn set(&self, store: &str, key: &str, value: Bytes, ttl: Option<Duration>) -> Result<u64, Error> {
        let answer = self.inner.set(store, key, value, ttl).await;
        self.deliver(answer).await
    }

    async fn compare_and_swap(
        &self,
        store: &str,
        key: &str,
        expected: Option<u64>,
        value: Bytes,
        ttl: Option<Duration>,
    ) -> Result<Swap, Error> {
        let answer = self.inner.compare_and_swap(store, key, expected, value, ttl).await;
        self.deliver(answer).await
    }

    async fn delete(&self, store: &str, key: &str) -> Result<bool, Error> {
        let answer = self.inner.delete(store, key).await;
        self.deliver(answer).await
    }

    async fn delete_many(&self, store: &str, keys: &[String]) -> Result<u64, Error> {
        let answer = self.inner.delete_many(store, keys).await;
        self.deliver(answer).await
    }

    async fn list_keys(
        &self,
        store: &str,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        self.inner.list_keys(store, prefix, after, limit).await
    }

    async fn purge_expired(&self, limit: u32) -> Result<u64, Error> {
        self.inner.purge_expired(limit).await
    }

    async fn probe(&self) -> Result<(), Error> {
        self.inner.probe().await
    }
}

async fn write_new(tier: &Tiered) {
    write(tier, "new").await;
}

/// A reader has read the old value from the backend; then the key changes; then the reader finishes.
async fn read_around(change: impl AsyncFn(&Tiered, u64)) -> (Arc<Tiered>, Option<Bytes>) {
    let clock = clock();
    let below = Slow::new(clock.clone());
    let tier = tier(below.clone(), &clock);
    let old = write(&below.inner, "old").await;
    let reading = below.hold({
        let tier = tier.clone();
        async move { tier.get("S", "k").await }
    });
    let reading = reading.await;
    change(&tier, old).await;
    below.let_go.add_permits(1);
    assert_eq!(reading.await.unwrap().unwrap().unwrap().value, "old");
    let found = tier.get("S", "k").await.unwrap().map(|entry| entry.value);
    (tier, found)
}

#[tokio::test]
async fn a_late_reader_brings_no_value_back_after_a_write() {
    let (tier, found) = read_around(async |tier, _| write_new(tier).await).await;
    assert_eq!(found.unwrap(), "new");
    assert_eq!(peek(&tier).unwrap(), "new");
}

#[tokio::test]
async fn a_late_reader_brings_no_value_back_after_a_swap() {
    let swap = async |tier: &Tiered, old| {
        let swap = tier.compare_and_swap("S", "k", Some(old), "new".into(), None).await;
        assert!(matches!(swap, Ok(Swap::Done(_))));
    };
    assert_eq!(read_around(swap).await.1.unwrap(), "new");
}

#[tokio::test]
async fn a_late_reader_brings_no_value_back_after_a_deletion() {
    let delete = async |tier: &Tiered, _| assert_eq!(tier.delete("S", "k").await, Ok(true));
    let (tier, found) = read_around(delete).await;
    assert_eq!(found, None);
    assert_eq!(peek(&tier), None);
}

#[tokio::test]
async fn a_late_reader_brings_no_value_back_after_memory_made_room() {
    let write_and_evict = async |tier: &Tiered, _| {
        write(tier, "new").await;
        tier.known.memory.invalidate_all();
        tier.known.memory.run_pending_tasks();
    };
    let (tier, found) = read_around(write_and_evict).await;
    assert_eq!(found.unwrap(), "new");
    assert_eq!(peek(&tier).unwrap(), "new");
}

/// A writer has written to the backend; then another change starts and finishes; then the writer finishes.
async fn write_around(change: impl AsyncFn(&Tiered)) -> Arc<Tiered> {
    let clock = clock();
    let below = Slow::new(clock.clone());
    let tier = tier(below.clone(), &clock);
    let writing = below.hold({
        let tier = tier.clone();
        async move { write(&*tier, "first").await }
    });
    let writing = writing.await;
    change(&tier).await;
    below.let_go.add_permits(1);
    writing.await.unwrap();
    tier
}

#[tokio::test]
async fn a_late_writer_does_not_hide_a_later_write() {
    let tier = write_around(write_new).await;
    assert_eq!(tier.get("S", "k").await.unwrap().unwrap().value, "new");
}

#[tokio::test]
async fn a_late_writer_does_not_hide_a_later_deletion() {
    let delete_many = async |tier: &Tiered| tier.delete_many("S", &["k".to_owned()]).await.unwrap();
    let tier = write_around(async |tier| assert_eq!(delete_many(tier).await, 1)).await;
    assert_eq!(peek(&tier), None);

    let tier = write_around(async |tier| assert_eq!(tier.delete("S", "k").await, Ok(true))).await;
    assert_eq!(peek(&tier), None);
    assert_eq!(tier.get("S", "k").await, Ok(None));
}

#[tokio::test]
async fn a_writer_who_gives_up_leaves_nothing_to_trust() {
    let clock = clock();
    let below = Slow::new(clock.clone());
    let tier = tier(below.clone(), &clock);
    write(&*tier, "old").await;
    let writing = below.hold({
        let tier = tier.clone();
        async move { write(&*tier, "new").await }
    });
    let writing = writing.await;
    writing.abort();
    assert!(writing.await.unwrap_err().is_cancelled());
    assert_eq!(peek(&tier), None);
    assert_eq!(tier.get("S", "k").await.unwrap().unwrap().value, "new");
}

/// A read that starts after a write has returned sees that write or a later one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_read_returns_an_overwritten_value() {
    let clock = clock();
    let tier = tier(Arc::new(Memory::new(clock.clone())), &clock);
    let written = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..3 {
        let (tier, written) = (tier.clone(), written.clone());
        tasks.spawn(async move {
            for _ in 0..3_000 {
                let at_least = written.load(Ordering::SeqCst);
                let seen = tier.get("S", "k").await.unwrap().map_or(0, |entry| entry.version);
                assert!(seen >= at_least, "{seen} < {at_least}");
                tokio::task::yield_now().await;
            }
        });
    }
    tasks.spawn(async move {
        for n in 0..1_000 {
            if n % 3 == 0 {
                tier.known.memory.invalidate_all();
            }
            let version = write(&*tier, "v").await;
            written.fetch_max(version, Ordering::SeqCst);
            tokio::task::yield_now().await;
        }
    });
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

/// Returns a tier over a backend that reports every change, and does not do so yet.
fn reporting() -> (Arc<Memory>, Tiered, Arc<clock::Scripted>) {
    let clock = clock();
    let below = Arc::new(Memory::new(clock.clone()));
    let known = Arc::new(Known::new(1 << 20));
    (below.clone(), Tiered { below, clock: clock.clone(), trust_ms: None, known }, clock)
}

#[tokio::test]
async fn nothing_is_trusted_before_changes_are_reported_or_after_that_ended() {
    let (_, tier, clock) = reporting();
    write(&tier, "v").await;
    assert_eq!(peek(&tier), None, "not yet");
    tier.known.connected();
    assert_eq!(peek(&tier), None, "it was written before");
    tier.get("S", "k").await.unwrap();
    clock.advance(TRUST * 100);
    assert_eq!(peek(&tier).unwrap(), "v", "however long ago it was read");

    tier.known.lost();
    assert_eq!(peek(&tier), None);
    tier.get("S", "k").await.unwrap();
    write(&tier, "w").await;
    assert_eq!(peek(&tier), None, "values that are read or written meanwhile are not trusted either");
    tier.known.connected();
    assert_eq!(peek(&tier), None);
    tier.get("S", "k").await.unwrap();
    assert_eq!(peek(&tier).unwrap(), "w");
    tier.known.connected();
    assert_eq!(peek(&tier), None, "reports that begin again may have left something out");
}

#[tokio::test]
async fn a_key_that_is_reported_is_read_again_and_no_other() {
    let (below, tier, _) = reporting();
    tier.known.connected();
    for key in ["k", "other"] {
        tier.get("S", key).await.unwrap();
    }
    write(&*below, "theirs").await;
    assert_eq!(tier.peek("S", "k"), Peeked::Absent);
    tier.known.changed("S", "k");
    assert_eq!((tier.peek("S", "k"), tier.peek("S", "other")), (Peeked::Unknown, Peeked::Absent));
    assert_eq!(tier.get("S", "k").await.unwrap().unwrap().value, "theirs");
}

#[tokio::test]
async fn a_late_reader_brings_no_value_back_after_a_report() {
    let theirs = async |tier: &Tiered| write(&*tier.below, "theirs").await;
    let reported = async |tier: &Tiered, _| {
        theirs(tier).await;
        tier.known.changed("S", "k");
    };
    assert_eq!(read_around(reported).await.1.unwrap(), "theirs");
    let began_again = async |tier: &Tiered, _| {
        theirs(tier).await;
        tier.known.connected();
    };
    assert_eq!(read_around(began_again).await.1.unwrap(), "theirs");
}
