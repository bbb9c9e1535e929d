//! A server of Redis or Valkey, which several backends and several hosts share.
//!
//! One connection serves all calls, and reports which keys were written: by client-side caching
//! (<https://redis.io/docs/latest/develop/reference/client-side-caching/>). So as long as calls are answered, changes
//! are reported. A task of its own connects, sends something often enough to notice a connection that is dead, and
//! connects again. No call connects: while there is no connection, calls fail at once.
//!
//! Everything runs on the runtime in which the server was named, whoever calls, so that the connection is never driven
//! by the threads for background work.

mod address;
mod connection;
mod error;
mod feed;
mod info;
#[cfg(test)]
pub(crate) mod server;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{Cmd, FromRedisValue, ScriptInvocation};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use address::{Address, BadAddress};
pub use error::Error;
pub(crate) use feed::REPORTED;
use feed::{Feed, Parse};

use crate::watch::Watcher;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(2);
/// How long a command may take until its answer has arrived.
const ANSWER: Duration = Duration::from_secs(2);

/// The connection, as the task that keeps it knows it.
#[derive(Clone)]
enum State {
    /// The first attempt is under way.
    Connecting,
    Connected(MultiplexedConnection),
    /// The connection failed for this reason.
    Failed(Error),
}

/// A server, and a prefix of the keys there that belong to this deployment.
pub struct Redis {
    prefix: String,
    state: watch::Receiver<State>,
    feed: Arc<Feed>,
    keeper: JoinHandle<()>,
}

impl Redis {
    /// Names a server, and begins to connect. All keys of the deployment start with `prefix` and a colon. Must be called
    /// within a runtime.
    pub fn new(address: Address, prefix: &str) -> Self {
        let feed = Arc::new(Feed::new(format!("{prefix}:{REPORTED}:")));
        let (sender, state) = watch::channel(State::Connecting);
        let keeper = connection::keep(address, feed.clone(), sender);
        Self { prefix: prefix.to_owned(), state, feed, keeper: Handle::current().spawn(keeper) }
    }

    /// Waits for the first attempt to connect. If the server cannot be reached, that is no error, and it is tried again
    /// and again. Fails if this program cannot use the server.
    pub async fn start(&self) -> Result<(), Error> {
        match self.connection().await {
            Err(error @ Error::Unavailable(_)) => {
                tracing::warn!(%error, "Redis cannot be reached; it is tried again every moment");
                Ok(())
            }
            Err(error) => Err(error),
            Ok(_) => {
                if let Err(error) = self.check().await {
                    tracing::warn!(%error, "Redis is not set up as it should be");
                }
                Ok(())
            }
        }
    }

    /// Returns what the server is. Fails if it is not set up as it should be. Changes nothing.
    pub async fn check(&self) -> Result<String, Error> {
        let text: String = self.query(::redis::cmd("INFO").arg("everything")).await?;
        info::Info::parse(&text).describe()
    }

    /// Sends a command, and returns its answer.
    pub async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Error> {
        let mut connection = self.connection().await?;
        let answer = timeout(ANSWER, command.query_async(&mut connection)).await;
        Ok(answer.map_err(|_| Error::no_answer(ANSWER))??)
    }

    /// Runs a script, and returns its result. It is one round trip, apart from the first time.
    pub async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, Error> {
        let mut connection = self.connection().await?;
        let result = timeout(ANSWER, script.invoke_async(&mut connection)).await;
        Ok(result.map_err(|_| Error::no_answer(ANSWER))??)
    }

    /// Reports changes of keys to `watcher` from now on. `parse` returns what a key means.
    pub(crate) fn watch(&self, watcher: Arc<dyn Watcher>, parse: Parse) {
        self.feed.watch(watcher, parse);
    }

    /// Returns the name of a key of this deployment. Changes are reported of a key whose `name` starts with
    /// [`REPORTED`] and a colon.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }

    /// Returns the connection. Waits only for the first attempt.
    async fn connection(&self) -> Result<MultiplexedConnection, Error> {
        let mut state = self.state.clone();
        let known = timeout(CONNECT, state.wait_for(|state| !matches!(state, State::Connecting))).await;
        match known.map(|known| known.map(|known| known.clone())) {
            Ok(Ok(State::Connected(connection))) => Ok(connection),
            Ok(Ok(State::Failed(error))) => Err(error),
            Ok(Ok(State::Connecting)) | Err(_) => Err(Error::no_answer(CONNECT)),
            Ok(Err(closed)) => Err(Error::Unavailable(closed.to_string())),
        }
    }
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redis").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}
