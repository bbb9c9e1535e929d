//! The open connections, and the choice of those to end: connections whose phase takes too long, or whose place a new
//! connection needs.
//!
//! Nothing here touches a socket: a connection's task gets a signal to end and drops its socket.
//! [`Connections::tick`] sets the time.

mod connection;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use metrics::Counter;
use model::limits::Network;
use tokio::sync::Notify;

pub use connection::Connection;

/// How often to look whether the heads of all requests have arrived.
const LOOK_FOR_HEADS: Duration = Duration::from_millis(5);

/// The limits on connections.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most connections at once.
    pub connections: usize,
    /// The most connections at once from one address.
    pub per_address: usize,
}

impl Limits {
    /// Returns how many requests may wait at once for something to happen. The other connections are left for requests
    /// that are answered immediately.
    fn waits(self) -> usize {
        (self.connections / 2).max(1)
    }
}

/// The open connections.
pub struct Connections {
    limits: Limits,
    now_ms: Arc<AtomicU64>,
    state: Mutex<State>,
    /// A place became free.
    room: Notify,
    ended: Reasons,
}

#[derive(Default)]
struct State {
    open: HashMap<u64, Arc<Connection>>,
    next_id: u64,
    by_address: Tally,
    waits: usize,
    waits_by_address: Tally,
}

/// Why there is no place for a new connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// Every connection is being answered right now: the new one waits until one is done.
    All,
    /// Every connection of that address is being answered right now: the new one is refused.
    Address,
}

impl Connections {
    /// Creates an empty set of connections.
    pub fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            now_ms: Arc::new(AtomicU64::new(1)),
            state: Mutex::default(),
            room: Notify::new(),
            ended: Reasons::new(),
        })
    }

    /// Returns a place for a new connection. If there is none, ends the connection with the lowest worth: among those
    /// of the same address if it has too many, else among all. `None` is a trusted proxy, whose connections belong to
    /// many clients.
    pub fn enter(self: &Arc<Self>, client: Option<IpAddr>) -> Result<Place, Full> {
        let address = client.map(Network::of);
        let mut state = self.lock();
        if state.by_address.of(address) >= self.limits.per_address
            && !self.evict(&mut state, |connection| connection.address == address)
        {
            self.ended.refused.increment(1);
            return Err(Full::Address);
        }
        if state.open.len() >= self.limits.connections && !self.evict(&mut state, |_| true) {
            return Err(Full::All);
        }
        let id = state.next_id;
        state.next_id += 1;
        let connection = Arc::new(Connection::new(id, address, self.now_ms.clone()));
        state.open.insert(id, connection.clone());
        state.by_address.add(address);
        Ok(Place { connections: self.clone(), connection })
    }

    /// Completes once a connection has ended since the last call.
    pub async fn room(&self) {
        self.room.notified().await;
    }

    /// Sets the time to `now_ms` milliseconds after some fixed moment, and ends the connections whose phase takes too
    /// long.
    pub fn tick(&self, now_ms: u64) {
        self.now_ms.store(now_ms.max(1), Ordering::Relaxed);
        let mut state = self.lock();
        let overdue: Vec<_> =
            state.open.values().filter(|connection| connection.is_overdue(now_ms)).cloned().collect();
        for connection in overdue {
            self.ended.overdue.increment(1);
            self.end(&mut state, &connection);
        }
    }

    /// Completes once no client has just connected or sends the head of a request.
    pub async fn heads_arrived(&self) {
        while self.lock().open.values().any(|connection| connection.is_at_head()) {
            tokio::time::sleep(LOOK_FOR_HEADS).await;
        }
    }

    /// Lets a request wait for something to happen, unless too many requests wait, in all or of that client.
    pub fn wait(self: &Arc<Self>, connection: &Arc<Connection>, client: Option<IpAddr>) -> Option<Wait> {
        let address = client.map(Network::of);
        let mut state = self.lock();
        if state.waits >= self.limits.waits() || state.waits_by_address.of(address) >= self.limits.per_address
        {
            return None;
        }
        state.waits += 1;
        state.waits_by_address.add(address);
        drop(state);
        connection.waits();
        Some(Wait { connections: self.clone(), connection: connection.clone(), address })
    }

    /// Ends the connection with the lowest worth among those that `may_end`. Returns false if there is none.
    fn evict(&self, state: &mut State, may_end: impl Fn(&Connection) -> bool) -> bool {
        let now_ms = self.now_ms.load(Ordering::Relaxed);
        let candidates = state.open.values().filter(|connection| may_end(connection));
        let least = candidates.filter_map(|connection| Some((connection.worth(now_ms)?, connection)));
        let Some((_, least)) = least.min_by_key(|(worth, _)| *worth) else { return false };
        let least = least.clone();
        self.ended.evicted.increment(1);
        self.end(state, &least);
        true
    }

    fn end(&self, state: &mut State, connection: &Connection) {
        connection.end();
        self.remove(state, connection);
    }

    fn remove(&self, state: &mut State, connection: &Connection) {
        if state.open.remove(&connection.id).is_none() {
            return;
        }
        state.by_address.remove(connection.address);
        self.room.notify_one();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection's place, which is free again when this is dropped.
pub struct Place {
    connections: Arc<Connections>,
    /// The connection.
    pub connection: Arc<Connection>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.connections.lock();
        self.connections.remove(&mut state, &self.connection);
    }
}

/// A request that waits, until it is dropped.
pub struct Wait {
    connections: Arc<Connections>,
    connection: Arc<Connection>,
    address: Option<Network>,
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.connection.waited();
        let mut state = self.connections.lock();
        state.waits -= 1;
        state.waits_by_address.remove(self.address);
    }
}

/// The count for each address. Trusted proxies have none.
#[derive(Debug, Default)]
struct Tally(HashMap<Network, usize>);

impl Tally {
    fn of(&self, address: Option<Network>) -> usize {
        address.and_then(|address| self.0.get(&address)).copied().unwrap_or_default()
    }

    fn add(&mut self, address: Option<Network>) {
        if let Some(address) = address {
            *self.0.entry(address).or_default() += 1;
        }
    }

    fn remove(&mut self, address: Option<Network>) {
        let Some(address) = address else { return };
        if let Some(count) = self.0.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(&address);
            }
        }
    }
}

/// Counters of the connections that we ended, by reason.
struct Reasons {
    overdue: Counter,
    evicted: Counter,
    refused: Counter,
}

impl Reasons {
    fn new() -> Self {
        let counter =
            |reason: &'static str| metrics::counter!("wandstore_connections_ended_total", "reason" => reason);
        Self {
            overdue: counter("too_slow"),
            evicted: counter("place_needed"),
            refused: counter("address_full"),
        }
    }
}
