//! Who waits for what: a change is announced under a topic, and wakes those who wait for it.
//!
//! Topics share a fixed number of bells, so that waiting costs no memory per topic. A waiter may
//! be woken for nothing and asks again; it is never left asleep.

use std::hash::{BuildHasher, RandomState};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

const BELLS: usize = 256;

/// The topics of a process.
pub struct Changes {
    bells: Vec<Notify>,
    hasher: RandomState,
}

/// What may change.
#[derive(Debug, Clone, Copy, Hash)]
pub enum Topic<'a> {
    /// A job was queued in this lane.
    Lane(&'a str),
    /// The job of this key was settled.
    Key(&'a str),
}

impl Changes {
    /// Nobody waits yet.
    pub fn new() -> Self {
        Self { bells: std::iter::repeat_with(Notify::new).take(BELLS).collect(), hasher: RandomState::new() }
    }

    /// Wakes those who wait for `topic`.
    pub fn announce(&self, topic: Topic<'_>) {
        self.bell(topic).notify_waiters();
    }

    /// Completes at the first change that is announced after this call, awaited or not.
    pub fn next(&self, topic: Topic<'_>) -> Notified<'_> {
        self.bell(topic).notified()
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
    use super::*;

    #[tokio::test]
    async fn a_change_between_listening_and_waiting_is_not_lost() {
        let changes = Changes::new();
        let next = changes.next(Topic::Key("shop:shopper"));
        changes.announce(Topic::Key("shop:shopper"));
        next.await;
    }
}
