//! The connections to a server.
//!
//! Unlike the pool of sqlx, they are given back without a round trip, and nothing in here waits without a limit for a
//! server that hangs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::error::Error;

/// The most connections of this process.
const CONNECTIONS_MAX: usize = 16;
/// How long a statement waits for a connection.
pub(super) const WAIT: Duration = Duration::from_secs(3);
/// A connection that was not used for this long is tried before it is used.
const TRUSTED: Duration = Duration::from_secs(1);
/// How long that may take.
const TRIED: Duration = Duration::from_secs(1);
/// A connection that was not used for this long is closed: something on the way may have forgotten it.
const IDLE_MAX: Duration = Duration::from_mins(1);
/// An older connection is closed, so that connections move when a server's name does.
const AGE_MAX: Duration = Duration::from_mins(30);

/// The connections to a server.
pub struct Connections {
    options: PgConnectOptions,
    runtime: Handle,
    free: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

/// A connection without a statement.
struct Connection {
    inner: PgConnection,
    opened: Instant,
    used: Instant,
}

/// A connection that one caller has. It is closed when this is dropped, unless it was given back.
pub struct Lease {
    connection: Connection,
    idle: Arc<Mutex<Vec<Connection>>>,
    _permit: OwnedSemaphorePermit,
}

impl Connections {
    /// Creates no connection yet. `runtime` drives them.
    pub fn new(options: PgConnectOptions, runtime: Handle) -> Self {
        Self { options, runtime, free: Arc::new(Semaphore::new(CONNECTIONS_MAX)), idle: Arc::default() }
    }

    /// Returns a connection, which it opens if none is idle.
    pub async fn lease(&self) -> Result<Lease, Error> {
        let leased = async {
            let permit = self.free.clone().acquire_owned().await;
            let permit = permit.map_err(|closed| Error::Unavailable(closed.to_string()))?;
            let idle = self.idle.clone();
            if let Some(connection) = self.idle_one().await {
                return Ok(Lease { connection, idle, _permit: permit });
            }
            let options = self.options.clone();
            let opened = self.runtime.spawn(async move {
                Ok(Lease { connection: Connection::open(&options).await?, idle, _permit: permit })
            });
            opened.await.unwrap_or_else(|panic| Err(Error::Unavailable(panic.to_string())))
        };
        let none = |_| Error::Unavailable("no connection to PostgreSQL is free".to_owned());
        timeout(WAIT, leased).await.map_err(none)?
    }

    /// Returns an idle connection that works. If one does not, the server or the network failed, so all are closed.
    async fn idle_one(&self) -> Option<Connection> {
        let mut connection = {
            let mut idle = lock(&self.idle);
            idle.retain(Connection::is_fresh);
            idle.pop()?
        };
        if connection.used.elapsed() < TRUSTED {
            return Some(connection);
        }
        if let Ok(Ok(())) = timeout(TRIED, connection.inner.ping()).await {
            return Some(connection);
        }
        lock(&self.idle).clear();
        None
    }
}

impl Connection {
    async fn open(options: &PgConnectOptions) -> Result<Self, Error> {
        let inner = super::connect(options).await?;
        let now = Instant::now();
        Ok(Self { inner, opened: now, used: now })
    }

    fn is_fresh(&self) -> bool {
        self.used.elapsed() < IDLE_MAX && self.opened.elapsed() < AGE_MAX
    }
}

impl Lease {
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection.inner
    }

    /// Gives the connection back for the next caller. Its last answer must have been read.
    pub fn give_back(self) {
        let Self { mut connection, idle, .. } = self;
        connection.used = Instant::now();
        lock(&idle).push(connection);
    }
}

fn lock(idle: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
