//! Topics that callers wait on: announcing a change wakes the waiters of its topic.
//!
//! Changes by other processes are not announced here. For these, a waiter has its key recorded, so that another task
//! can look.
//!
//! Topics share a fixed number of bells, so that waiting costs no memory per topic. A waiter never misses a change, but
//! it may be woken without one, any number of times, and has to check each time. So its deadline must not depend on
//! when it was woken.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const BELLS: usize = 256;

/// The topics of a process.
pub struct Changes {
    bells: Vec<Notify>,
    hasher: RandomState,
    closed: CancellationToken,
    /// How many wait for each key.
    noted: Mutex<BTreeMap<String, usize>>,
}

/// The record that a caller waits for a key, until this is dropped.
pub struct Note {
    changes: Arc<Changes>,
    key: String,
}

/// A kind of change.
#[derive(Debug, Clone, Copy, Hash)]
pub enum Topic<'a> {
    /// A job was queued in this queue.
    Queue(&'a str),
    /// A job was queued in any queue, or became available again.
    Pool,
    /// A job is due that its own member has not taken.
    Spare,
    /// The job of this key was completed.
    Key(&'a str),
}

impl Changes {
    /// Creates topics without waiters.
    pub fn new() -> Self {
        let bells = std::iter::repeat_with(Notify::new).take(BELLS).collect();
        Self { bells, hasher: RandomState::new(), closed: CancellationToken::new(), noted: Mutex::default() }
    }

    /// Wakes the waiters of `topic`.
    pub fn announce(&self, topic: Topic<'_>) {
        self.bell(topic).notify_waiters();
    }

    /// Returns a future that completes at the first change announced after this call, even if it is awaited later.
    pub fn next(&self, topic: Topic<'_>) -> Notified<'_> {
        self.bell(topic).notified()
    }

    /// Notes that somebody waits for a key.
    pub fn note(self: &Arc<Self>, key: &str) -> Note {
        *self.noted_now().entry(key.to_owned()).or_default() += 1;
        Note { changes: self.clone(), key: key.to_owned() }
    }

    /// Returns the keys that somebody waits for.
    pub fn noted(&self) -> Vec<String> {
        self.noted_now().keys().cloned().collect()
    }

    fn noted_now(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all waiting, because the process is about to end.
    pub fn close(&self) {
        self.closed.cancel();
    }

    /// Returns whether all waiting has ended.
    pub fn is_closed(&self) -> bool {
        self.closed.is_cancelled()
    }

    /// Waits for `change` until `deadline` at most. Returns false if the deadline passed first or all waiting ended.
    pub async fn wait(&self, change: Notified<'_>, deadline: Instant) -> bool {
        tokio::select! {
            () = change => Instant::now() < deadline,
            () = tokio::time::sleep_until(deadline) => false,
            () = self.closed.cancelled() => false,
        }
    }

    fn bell(&self, topic: Topic<'_>) -> &Notify {
        let bell = self.hasher.hash_one(topic) % BELLS as u64;
        &self.bells[usize::try_from(bell).unwrap_or_default()]
    }
}

impl Note {
    /// Returns the key.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        let mut noted = self.changes.noted_now();
        if let Some(count) = noted.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                noted.remove(&self.key);
            }
        }
    }
}

impl Default for Changes {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_change_between_listening_and_waiting_is_not_lost() {
        let changes = Changes::new();
        let next = changes.next(Topic::Key("shop:shopper"));
        changes.announce(Topic::Key("shop:shopper"));
        next.await;
    }

    #[tokio::test]
    async fn a_change_does_not_put_off_a_deadline() {
        let changes = Changes::new();
        let passed = Instant::now();
        for _ in 0..100 {
            let next = changes.next(Topic::Pool);
            changes.announce(Topic::Pool);
            assert!(!changes.wait(next, passed).await);
        }
    }

    #[test]
    fn a_key_is_noted_while_somebody_waits_for_it() {
        let changes = Arc::new(Changes::new());
        let (first, second) = (changes.note("k"), changes.note("k"));
        drop(first);
        assert_eq!((changes.noted(), second.key()), (vec!["k".to_owned()], "k"));
        drop(second);
        assert!(changes.noted().is_empty());
    }

    #[tokio::test]
    async fn nobody_waits_once_the_process_is_about_to_end() {
        let changes = Changes::new();
        let far = Instant::now() + Duration::from_hours(1);
        let (waited, ()) =
            tokio::join!(changes.wait(changes.next(Topic::Pool), far), async { changes.close() });
        assert!(!waited);
        assert!(!changes.wait(changes.next(Topic::Pool), far).await, "a later waiter does not wait either");
    }
}
