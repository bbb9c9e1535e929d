//! Topics that callers wait on: announcing a change wakes the waiters of its topic.
//!
//! Topics share a fixed number of bells, so that waiting costs no memory per topic. A waiter never misses a change, but
//! it may be woken without one, any number of times, and has to check each time. So its deadline must not depend on
//! when it was woken.

use std::hash::{BuildHasher, RandomState};

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
}

/// A kind of change.
#[derive(Debug, Clone, Copy, Hash)]
pub enum Topic<'a> {
    /// A job was queued in this queue.
    Queue(&'a str),
    /// A job was queued in any queue, or became available again.
    Pool,
    /// The job of this key was completed.
    Key(&'a str),
}

impl Changes {
    /// Creates topics without waiters.
    pub fn new() -> Self {
        let bells = std::iter::repeat_with(Notify::new).take(BELLS).collect();
        Self { bells, hasher: RandomState::new(), closed: CancellationToken::new() }
    }

    /// Wakes the waiters of `topic`.
    pub fn announce(&self, topic: Topic<'_>) {
        self.bell(topic).notify_waiters();
    }

    /// Returns a future that completes at the first change announced after this call, even if it is awaited later.
    pub fn next(&self, topic: Topic<'_>) -> Notified<'_> {
        self.bell(topic).notified()
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

    #[tokio::test]
    async fn nobody_waits_once_the_process_is_about_to_end() {
        let changes = Changes::new();
        let far = Instant::now() + Duration::from_hours(1);
        let (waited, ()) =
            tokio::join!(changes.wait(changes.next(Topic::Pool), far), async { changes.close() });
        assert!(!waited);
        assert!(!changes.wait(changes.next(Topic::Pool), far).await, "nor does who comes later");
    }
}
