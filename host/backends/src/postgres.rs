//! A database in PostgreSQL, which several backends and several hosts share.
//!
//! Everything runs on the runtime in which the database was opened, whoever calls, so that a connection is never driven
//! by the threads for background work. No call waits for long: connecting, a statement and its answer have time limits, and a connection whose statement
//! got no answer is closed. A server that cannot be reached is tried again with each call. The first connection that
//! succeeds checks the server and runs the migrations.

mod address;
mod connections;
mod deployment;
mod error;
mod listen;
mod migrations;
mod notices;
#[cfg(any(test, feature = "test-server"))]
pub mod server;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{Connection as _, Postgres};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use address::{Address, BadAddress};
use connections::Connections;
use deployment::Claim;
pub use deployment::Deployment;
pub use error::Error;
pub use migrations::Migrated;
pub use notices::{Notices, Subject};

use crate::watch::Watcher;

/// A statement with its bound values.
pub type Statement = Query<'static, Postgres, PgArguments>;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(2);
/// How long the server works on a statement.
const STATEMENT: Duration = Duration::from_secs(3);
/// How long a statement may take until its answer has arrived. After that the connection is closed.
const ANSWER: Duration = Duration::from_secs(4);

/// How long a write counts as proof that the database can be written.
const PROBED: Duration = Duration::from_millis(800);

/// A use of a connection.
type Work<T> = Box<dyn for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, sqlx::Error>> + Send>;

/// An attempt to prepare the database, which its callers share.
type Attempt = Shared<BoxFuture<'static, Result<(), Error>>>;

/// A database and the connections to it.
pub struct Database {
    address: Address,
    deployment: Deployment,
    claim: Claim,
    connections: Connections,
    runtime: Handle,
    attempt: Mutex<Option<Attempt>>,
    /// Which backend has written for a probe last, and when.
    probed: Mutex<Option<(&'static str, Instant)>>,
}

impl Database {
    /// Returns the database at `address`, to which nothing is connected yet. It is refused if it belongs to another
    /// deployment. Must be called within a runtime.
    pub fn new(address: Address, deployment: Deployment) -> Self {
        let runtime = Handle::current();
        let connections = Connections::new(address.with_statement_timeout(STATEMENT), runtime.clone());
        let (claim, attempt, probed) = (Claim::Compare, Mutex::default(), Mutex::default());
        Self { address, deployment, claim, connections, runtime, attempt, probed }
    }

    /// Claims the database for the deployment, if it belongs to none yet.
    #[must_use]
    pub fn claimed(self) -> Self {
        Self { claim: Claim::Complete, ..self }
    }

    /// Connects and runs migrations. If the server cannot be reached, later calls try again; that is no error. Fails if
    /// this program cannot use the database.
    pub async fn start(&self) -> Result<(), Error> {
        match self.attempt().await {
            Err(error @ Error::Unavailable(_)) => {
                tracing::warn!(%error, "the database cannot be reached; each call tries again");
                Ok(())
            }
            started => started,
        }
    }

    /// Returns what the server is and which migrations are due, and changes nothing.
    pub async fn check(&self) -> Result<Migrated, Error> {
        migrations::check(&self.address, &self.deployment).await
    }

    /// Runs the migrations that are due, and claims the database for the deployment. If `takes_over`, that it belongs to
    /// another one is no reason not to.
    pub async fn migrate(&self, takes_over: bool) -> Result<Migrated, Error> {
        let claim = if takes_over { Claim::TakeOver } else { Claim::Complete };
        migrations::run(&self.address, &self.deployment, claim).await
    }

    /// Runs a statement, and returns its rows.
    pub async fn all(&self, statement: Statement) -> Result<Vec<PgRow>, Error> {
        self.run(Box::new(|connection| statement.fetch_all(connection).boxed())).await
    }

    /// Runs a statement, and returns its first row.
    pub async fn first(&self, statement: Statement) -> Result<Option<PgRow>, Error> {
        self.first_as(statement, |row| row).await
    }

    /// Runs a statement, and returns what `convert` makes of its first row. If the caller goes away, the statement runs
    /// nevertheless, and that value is dropped.
    pub async fn first_as<T: Send + 'static>(
        &self,
        statement: Statement,
        convert: impl FnOnce(PgRow) -> T + Send + 'static,
    ) -> Result<Option<T>, Error> {
        let work: Work<_> = Box::new(|connection| {
            async move { Ok(statement.fetch_optional(connection).await?.map(convert)) }.boxed()
        });
        self.run(work).await
    }

    /// Runs a statement, and returns how many rows it changed.
    pub async fn count(&self, statement: Statement) -> Result<u64, Error> {
        let work: Work<_> = Box::new(|connection| {
            async move { Ok(statement.execute(connection).await?.rows_affected()) }.boxed()
        });
        self.run(work).await
    }

    /// Reports what other hosts change to `watcher`, until the task is aborted. `own` is the name of this host in its
    /// notices.
    pub fn listen(&self, subject: Subject, own: u64, watcher: Arc<dyn Watcher>) -> JoinHandle<()> {
        self.runtime.spawn(listen::listen(self.address.clone(), subject, own, watcher))
    }

    /// Fails if the database cannot be written. Each backend in it asks every second; if another one has just written,
    /// that is the answer.
    pub async fn probe(&self, backend: &'static str) -> Result<(), Error> {
        let last = || self.probed.lock().unwrap_or_else(PoisonError::into_inner);
        if last().is_some_and(|(other, at)| other != backend && at.elapsed() < PROBED) {
            return Ok(());
        }
        self.count(sqlx::query(::sql::postgres::PROBE).bind(backend)).await?;
        *last() = Some((backend, Instant::now()));
        Ok(())
    }

    /// Runs a statement in a task of its own, because a caller that goes away must not leave a connection with half an
    /// answer.
    async fn run<T: Send + 'static>(&self, work: Work<T>) -> Result<T, Error> {
        let prepared = timeout(connections::WAIT, self.attempt()).await;
        prepared.map_err(|_| Error::Unavailable("migrations are still running".to_owned()))??;
        let mut lease = self.connections.lease().await?;
        let statement = self.runtime.spawn(async move {
            let outcome = timeout(ANSWER, work(lease.connection())).await;
            let outcome = outcome.map_err(|_| Error::no_answer(ANSWER))?;
            if outcome.as_ref().err().is_none_or(error::leaves_connection) {
                lease.give_back();
            }
            outcome.map_err(Error::from)
        });
        statement.await.unwrap_or_else(|panic| Err(Error::Unavailable(panic.to_string())))
    }

    /// Returns the attempt that has succeeded or is under way, or else begins one.
    fn attempt(&self) -> Attempt {
        let mut attempt = self.attempt.lock().unwrap_or_else(PoisonError::into_inner);
        match &*attempt {
            Some(last) if last.peek().is_none_or(Result::is_ok) => last.clone(),
            _ => {
                let (address, deployment, claim) =
                    (self.address.clone(), self.deployment.clone(), self.claim);
                let begun = self.runtime.spawn(async move {
                    let migrated = migrations::run(&address, &deployment, claim).await?;
                    if !migrated.migrations.is_empty() {
                        tracing::info!(migrations = migrated.migrations.join(", "), "migrated the database");
                    }
                    Ok(())
                });
                let begun = begun
                    .map(|ended| ended.unwrap_or_else(|panic| Err(Error::Unavailable(panic.to_string()))));
                attempt.insert(begun.boxed().shared()).clone()
            }
        }
    }
}

/// Connects within a time limit.
async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    let connected = timeout(CONNECT, PgConnection::connect_with(options)).await;
    Ok(connected.map_err(|_| Error::no_answer(CONNECT))??)
}
