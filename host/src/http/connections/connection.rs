//! One connection: its phase, since when it is in that phase, and the worth that follows from it.
//!
//! Its own task writes here and [`Connections`](super::Connections) reads. There is no lock, because a slightly old
//! value makes no difference.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};

use model::limits::Network;
use tokio::sync::Notify;

/// How long a client may take to send the head of a request.
const HEAD_MS: u64 = 10_000;
/// How long a connection may be idle after a request. Load balancers keep theirs for 60 seconds and rely on ours
/// being kept for longer.
const IDLE_MS: u64 = 75_000;
/// How long to wait for a client that reads nothing of an answer …
const STALL_MS: u64 = 10_000;
/// … and how fast it must take the answer on average from then on: a page of 40 KB in 40 seconds.
const BYTES_PER_SECOND_MIN: u64 = 1_024;
/// How long to go on reading after a refusal, so that the client reads it before the connection ends.
const LINGER_MS: u64 = 2_000;
/// A connection that entered its phase more recently is evicted last.
const GRACE_MS: u64 = 1_000;

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Phase {
    /// The client sends the head of a request, or has just connected.
    Head,
    /// Nothing is sent: the last answer is out, the next request has not begun.
    Idle,
    /// We are making an answer.
    Busy,
    /// A request waits for something to happen.
    Waiting,
    /// The answer is being sent.
    Answering,
    /// The answer is sent, and the rest of what the client sends is read and dropped.
    Lingering,
}

impl Phase {
    const ALL: [Self; 6] =
        [Self::Head, Self::Idle, Self::Busy, Self::Waiting, Self::Answering, Self::Lingering];
}

/// A connection.
#[derive(Debug)]
pub struct Connection {
    pub(super) id: u64,
    pub(super) address: Option<Network>,
    clock: Arc<AtomicU64>,
    phase: AtomicU8,
    since_ms: AtomicU64,
    /// Whether an answer is being made while the client still owes bytes of its request.
    client_owes_bytes: AtomicBool,
    /// Whether the client may still send bytes that nobody reads.
    is_unread: AtomicBool,
    /// Since when the client has not taken everything that was sent, or 0 if it has; and how many bytes it has taken
    /// since.
    stalled_ms: AtomicU64,
    taken_bytes: AtomicU64,
    end: Notify,
}

impl Connection {
    pub(super) fn new(id: u64, address: Option<Network>, clock: Arc<AtomicU64>) -> Self {
        let since_ms = AtomicU64::new(clock.load(Relaxed));
        Self {
            id,
            address,
            clock,
            phase: AtomicU8::new(Phase::Head as u8),
            since_ms,
            client_owes_bytes: AtomicBool::new(false),
            is_unread: AtomicBool::new(false),
            stalled_ms: AtomicU64::new(0),
            taken_bytes: AtomicU64::new(0),
            end: Notify::new(),
        }
    }

    /// Completes when the connection is to end.
    pub async fn ended(&self) {
        self.end.notified().await;
    }

    pub(super) fn end(&self) {
        self.end.notify_one();
    }

    /// Records that bytes arrived.
    pub fn read(&self) {
        self.client_owes_bytes.store(false, Relaxed);
        if self.phase() == Phase::Idle {
            self.enter(Phase::Head);
        }
    }

    /// Records that we wait for bytes and none arrived.
    pub fn wants_bytes(&self) {
        if self.phase() == Phase::Busy {
            self.client_owes_bytes.store(true, Relaxed);
        }
    }

    /// Records that the client took `count` bytes.
    pub fn wrote(&self, count: usize) {
        if self.stalled_ms.load(Relaxed) != 0 {
            self.taken_bytes.fetch_add(count as u64, Relaxed);
        }
    }

    /// Records that the client takes no more at present.
    pub fn stalls(&self) {
        if self.stalled_ms.load(Relaxed) == 0 {
            self.taken_bytes.store(0, Relaxed);
            self.stalled_ms.store(self.now_ms(), Relaxed);
        }
    }

    /// Records that the client took everything that was sent.
    pub fn flushed(&self) {
        self.stalled_ms.store(0, Relaxed);
        if self.phase() == Phase::Answering {
            self.enter(Phase::Idle);
        }
    }

    /// Records that the head of a request is complete. An answer is being made until the guard is dropped.
    pub fn answers(self: &Arc<Self>) -> Busy {
        self.client_owes_bytes.store(false, Relaxed);
        self.enter(Phase::Busy);
        Busy(self.clone())
    }

    /// Records whether the client may still send bytes that nobody reads.
    pub fn leaves_unread(&self, is_unread: bool) {
        self.is_unread.store(is_unread, Relaxed);
    }

    /// Returns whether to go on reading before the connection ends. Otherwise the client might lose an answer that says
    /// why.
    pub fn lingers(&self) -> bool {
        let lingers = self.phase() == Phase::Head || self.is_unread.load(Relaxed);
        if lingers {
            self.enter(Phase::Lingering);
        }
        lingers
    }

    pub(super) fn is_at_head(&self) -> bool {
        self.phase() == Phase::Head
    }

    pub(super) fn waits(&self) {
        self.enter(Phase::Waiting);
    }

    pub(super) fn waited(&self) {
        self.enter(Phase::Answering);
    }

    /// Returns whether the client takes longer than it may.
    pub(super) fn is_overdue(&self, now_ms: u64) -> bool {
        let stalled_ms = self.stalled_ms.load(Relaxed);
        if stalled_ms != 0 {
            let earned_ms = self.taken_bytes.load(Relaxed).saturating_mul(1_000) / BYTES_PER_SECOND_MIN;
            return now_ms > stalled_ms.saturating_add(STALL_MS).saturating_add(earned_ms);
        }
        let for_ms = now_ms.saturating_sub(self.since_ms.load(Relaxed));
        match self.phase() {
            Phase::Head => for_ms > HEAD_MS,
            Phase::Idle => for_ms > IDLE_MS,
            Phase::Lingering => for_ms > LINGER_MS,
            // Components have deadlines of their own, and so does reading a body.
            Phase::Busy | Phase::Waiting | Phase::Answering => false,
        }
    }

    /// Returns the place in the eviction order: the lowest value is ended first. A connection with `None` is never
    /// ended, because its client waits for an answer that we are making.
    pub(super) fn worth(&self, now_ms: u64) -> Option<(u8, u64, u64)> {
        let stalled_ms = self.stalled_ms.load(Relaxed);
        let since_ms = if stalled_ms == 0 { self.since_ms.load(Relaxed) } else { stalled_ms };
        let class = match self.phase() {
            Phase::Lingering => 0,
            Phase::Idle if stalled_ms == 0 => 1,
            Phase::Head => 2,
            _ if stalled_ms != 0 => 3,
            Phase::Busy if self.client_owes_bytes.load(Relaxed) => 3,
            Phase::Waiting => 4,
            Phase::Busy | Phase::Answering | Phase::Idle => return None,
        };
        let is_recent = now_ms.saturating_sub(since_ms) < GRACE_MS;
        Some((if is_recent { 5 } else { class }, since_ms, self.id))
    }

    fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Relaxed);
        self.since_ms.store(self.now_ms(), Relaxed);
    }

    fn phase(&self) -> Phase {
        Phase::ALL[usize::from(self.phase.load(Relaxed))]
    }

    fn now_ms(&self) -> u64 {
        self.clock.load(Relaxed)
    }
}

/// The guard of an answer that is being made, until it is dropped.
pub struct Busy(Arc<Connection>);

impl Drop for Busy {
    fn drop(&mut self) {
        // A stream of events stays in its waiting phase after its head is made.
        if self.0.phase() == Phase::Busy {
            self.0.enter(Phase::Answering);
        }
    }
}
