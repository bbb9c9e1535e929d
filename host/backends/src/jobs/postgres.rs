//! Jobs in a database of PostgreSQL, which several hosts share.

use std::future::{Ready, ready};
use std::sync::{Arc, OnceLock};

use ::sql::jobs::{Completed, was_set_back};
use ::sql::postgres::{first_after, jobs as sql};
use ::sql::{from_sql, to_sql};
use async_trait::async_trait;
use bytes::Bytes;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tokio::runtime::Handle;

use super::{
    Buried, COMPLETED, ClaimResult, Claimed, Completion, End, Ended, Enqueued, Error, Filter, Jobs, NewJob,
    QUEUED, QueueStats, Range, Record, Reports, Requeued, State, Status, Watcher, check_size, new_id,
};
use crate::kind::{Opened, Site};
use crate::postgres::{self, Database, Notices, Statement, Subject};
use crate::random::Random;
use crate::unavailable::unavailable_after;

pub(super) use crate::kind::NoOptions as Options;

/// How often a job is enqueued again because others took the last places of queues meanwhile.
const ENQUEUE_ATTEMPTS: u32 = 5;

/// Returns the jobs in the site's database.
pub(super) fn open(_: Options, site: &Site) -> Ready<Opened<dyn Jobs>> {
    let opened = site.database().map(|database| -> Arc<dyn Jobs> {
        Arc::new(Postgres::new(database, site.random.clone(), site.process.clone()))
    });
    ready(opened.map_err(Into::into))
}

/// Jobs in PostgreSQL. A change is as durable as the server's commits once its call has returned.
pub struct Postgres {
    database: Arc<Database>,
    random: Arc<dyn Random>,
    holder: Option<String>,
    /// This host's notices, once there are others.
    notices: OnceLock<Notices>,
}

/// A claim on its way to the caller. Gives the lease back if it is dropped before.
struct Leased {
    claim: Option<Result<Claimed, Error>>,
    database: Arc<Database>,
    now_ms: u64,
}

impl Drop for Leased {
    fn drop(&mut self) {
        let Some(Ok(Claimed { id, token, .. })) = self.claim.take() else { return };
        // Without a runtime, the process ends: its leases are taken over.
        let Ok(runtime) = Handle::try_current() else { return };
        let (database, now_ms) = (self.database.clone(), self.now_ms);
        runtime.spawn(async move {
            let give_back = completing(&id, token, now_ms, Completion::Postponed(now_ms));
            if let Err(error) = database.count(give_back).await {
                tracing::warn!(%error, id, "cannot release a lease; it expires by itself");
            }
        });
    }
}

impl Postgres {
    fn new(database: Arc<Database>, random: Arc<dyn Random>, holder: Option<String>) -> Self {
        Self { database, random, holder, notices: OnceLock::new() }
    }

    /// Tells other hosts soon, if there are any. If this process dies before, they find out by themselves.
    fn notify(&self, what: &str, name: &str) {
        if let Some(notices) = self.notices.get() {
            notices.add(what, name);
        }
    }

    async fn live_of_key(&self, key: &str) -> Result<Option<String>, Error> {
        let row = self.database.first(sqlx::query(sql::LIVE_OF_KEY).bind(key.as_bytes())).await?;
        Ok(row.map(|row| row.try_get("id")).transpose()?)
    }

    /// Returns when the next job is due, corrected if the clock was set back since that time was set.
    async fn next_due(&self, now_ms: u64) -> Result<Option<u64>, Error> {
        let (due_ms, set_ms) = self.due_and_set().await?;
        if set_ms.is_some_and(|set_ms| was_set_back(set_ms, now_ms)) {
            self.database.count(sqlx::query(sql::SET_BACK).bind(to_sql(now_ms))).await?;
            return Ok(self.due_and_set().await?.0);
        }
        Ok(due_ms)
    }

    async fn due_and_set(&self) -> Result<(Option<u64>, Option<u64>), Error> {
        let row = self.database.first(sqlx::query(sql::NEXT_DUE)).await?.ok_or(sqlx::Error::RowNotFound)?;
        Ok((time_if_any(&row, "due_ms")?, time_if_any(&row, "set_ms")?))
    }

    /// Leases the due job whose turn is next. Releases the lease if the caller does not receive it.
    async fn lease(&self, now_ms: u64, lease_ms: u32) -> Result<Option<Claimed>, Error> {
        let claim = sqlx::query(sql::CLAIM)
            .bind(to_sql(now_ms))
            .bind(lease_end(now_ms, lease_ms))
            .bind(self.holder.clone());
        let database = self.database.clone();
        let leased = move |row: PgRow| Leased { claim: Some(claimed(&row)), database, now_ms };
        let leased = self.database.first_as(claim, leased).await?;
        leased.and_then(|mut leased| leased.claim.take()).transpose()
    }

    /// Enqueues a job once. Returns nothing if it has to be tried again.
    async fn enqueue_once(&self, id: &str, job: &NewJob) -> Result<Option<Enqueued>, Error> {
        let query = sqlx::query(sql::ENQUEUE)
            .bind(id)
            .bind(job.key.as_bytes())
            .bind(&job.payload[..])
            .bind(to_sql(job.now_ms))
            .bind(&job.queues[..])
            .bind(i64::from(job.queue_depth_max))
            .bind(i64::from(job.reserve()))
            .bind(job.owner().as_bytes())
            .bind(first_after(job.owner()));
        let Some(row) = self.database.first(query).await? else { return Ok(Some(Enqueued::Full)) };
        Ok(match row.try_get::<Option<String>, _>("id")? {
            Some(new) if new == id => Some(Enqueued::Accepted { id: new, queue: row.try_get("queue")? }),
            Some(live) => Some(Enqueued::Live(live)),
            None => None,
        })
    }
}

unavailable_after!(Error: postgres::Error);

/// Returns the statement that completes a claim.
fn completing(id: &str, token: u64, now_ms: u64, completion: Completion) -> Statement {
    let Completed { state, completed_ms, due_ms, error, is_postponed } = Completed::of(completion, now_ms);
    sqlx::query(sql::COMPLETE)
        .bind(id)
        .bind(to_sql(token))
        .bind(state.name())
        .bind(completed_ms.map(to_sql))
        .bind(due_ms.map(to_sql))
        .bind(error.as_deref().map(printable))
        .bind(to_sql(now_ms))
        .bind(is_postponed)
}

/// Replaces the character that text of PostgreSQL cannot hold. What went wrong may be in the words of others.
fn printable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn lease_end(now_ms: u64, lease_ms: u32) -> i64 {
    to_sql(now_ms.saturating_add(lease_ms.into()))
}

fn time(row: &PgRow, column: &str) -> Result<u64, sqlx::Error> {
    row.try_get(column).map(from_sql)
}

fn time_if_any(row: &PgRow, column: &str) -> Result<Option<u64>, sqlx::Error> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(from_sql))
}

fn number(row: &PgRow, column: &str) -> Result<u32, sqlx::Error> {
    Ok(u32::try_from(row.try_get::<i32, _>(column)?).unwrap_or(0))
}

fn count(row: &PgRow, column: &str) -> Result<u32, sqlx::Error> {
    Ok(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or(u32::MAX))
}

fn state(row: &PgRow) -> Result<State, Error> {
    let name: &str = row.try_get("state")?;
    State::parse(name).ok_or_else(|| Error::Unavailable(format!("unknown state of a job: {name}")))
}

fn key(row: &PgRow) -> Result<String, Error> {
    let key = String::from_utf8(row.try_get("key")?);
    key.map_err(|error| Error::Unavailable(format!("the key of a job is no text: {error}")))
}

fn payload(row: &PgRow) -> Result<Bytes, sqlx::Error> {
    row.try_get::<Vec<u8>, _>("payload").map(Bytes::from)
}

fn claimed(row: &PgRow) -> Result<Claimed, Error> {
    Ok(Claimed {
        id: row.try_get("id")?,
        key: key(row)?,
        token: from_sql(row.try_get("claims")?),
        attempt: number(row, "attempt")?,
        crashes: number(row, "crashes")?,
        payload: payload(row)?,
    })
}

fn status(row: &PgRow) -> Result<Status, Error> {
    Ok(Status {
        id: row.try_get("id")?,
        state: state(row)?,
        attempt: number(row, "attempt")?,
        since_ms: time(row, "since_ms")?,
    })
}

fn record(row: &PgRow) -> Result<Record, Error> {
    Ok(Record {
        id: row.try_get("id")?,
        key: key(row)?,
        queue: row.try_get("queue")?,
        state: state(row)?,
        attempt: number(row, "attempt")?,
        crashes: number(row, "crashes")?,
        claims: from_sql(row.try_get("claims")?),
        holder: row.try_get("holder")?,
        enqueued_ms: time(row, "enqueued_ms")?,
        due_ms: time(row, "due_ms")?,
        set_ms: time(row, "set_ms")?,
        completed_ms: time_if_any(row, "completed_ms")?,
        turn: from_sql(row.try_get("turn")?),
        error: row.try_get("error")?,
        payload: payload(row)?,
    })
}

#[async_trait]
impl Jobs for Postgres {
    fn watch(&self, watcher: Arc<dyn Watcher>) -> Reports {
        let notices = self.notices.get_or_init(|| Notices::new(self.database.clone(), Subject::Jobs));
        notices.hear(watcher);
        Reports::Most
    }

    /// Looks for the key's live job first, because that is the usual answer and takes no lock.
    async fn enqueue(&self, job: NewJob) -> Result<Enqueued, Error> {
        check_size(&job.payload)?;
        if let Some(live) = self.live_of_key(&job.key).await? {
            return Ok(Enqueued::Live(live));
        }
        let id = new_id(job.now_ms, self.random.next_u64());
        for _ in 0..ENQUEUE_ATTEMPTS {
            if let Some(enqueued) = self.enqueue_once(&id, &job).await? {
                if let Enqueued::Accepted { queue, .. } = &enqueued {
                    self.notify(QUEUED, queue);
                }
                return Ok(enqueued);
            }
        }
        Ok(Enqueued::Full)
    }

    /// Reads first whether a job is due, because idle workers ask often and usually find nothing.
    async fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<ClaimResult, Error> {
        let due_ms = self.next_due(now_ms).await?;
        if due_ms.is_none_or(|due_ms| due_ms > now_ms) {
            return Ok(ClaimResult::Idle(due_ms));
        }
        match self.lease(now_ms, lease_ms).await? {
            Some(claimed) => Ok(ClaimResult::Job(claimed)),
            None => Ok(ClaimResult::Idle(self.next_due(now_ms).await?)),
        }
    }

    async fn release(&self, holder: &str, end: End, now_ms: u64) -> Result<u64, Error> {
        let crashes = i32::from(end == End::Died);
        let query = sqlx::query(sql::RELEASE).bind(holder).bind(to_sql(now_ms)).bind(crashes);
        Ok(self.database.count(query).await?)
    }

    async fn extend_lease(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Error> {
        let query = sqlx::query(sql::EXTEND).bind(id).bind(to_sql(token)).bind(to_sql(now_ms));
        Ok(self.database.count(query.bind(lease_end(now_ms, lease_ms))).await? > 0)
    }

    async fn complete(
        &self,
        id: &str,
        token: u64,
        now_ms: u64,
        completion: Completion,
    ) -> Result<Option<String>, Error> {
        let state = completion.state().name();
        let row = match self.database.first(completing(id, token, now_ms, completion)).await? {
            None => {
                let query = sqlx::query(sql::COMPLETED_BEFORE).bind(id).bind(to_sql(token)).bind(state);
                self.database.first(query).await?
            }
            completed => completed,
        };
        let key = row.as_ref().map(key).transpose()?;
        if let Some(key) = &key {
            self.notify(COMPLETED, key);
        }
        Ok(key)
    }

    async fn latest(&self, key: &str) -> Result<Option<Status>, Error> {
        let query = sqlx::query(sql::LATEST).bind(key.as_bytes());
        self.database.first(query).await?.as_ref().map(status).transpose()
    }

    async fn newest(&self, keys: &[String]) -> Result<Vec<Option<Status>>, Error> {
        let keys: Vec<_> = keys.iter().map(|key| key.as_bytes().to_vec()).collect();
        let rows = self.database.all(sqlx::query(sql::NEWEST).bind(keys)).await?;
        let newest = |row: &PgRow| row.try_get::<Option<&str>, _>("id")?.map(|_| status(row)).transpose();
        rows.iter().map(newest).collect()
    }

    async fn is_due(&self, now_ms: u64) -> Result<bool, Error> {
        Ok(self.due_and_set().await?.0.is_some_and(|due_ms| due_ms <= now_ms))
    }

    async fn delete(&self, keys: Range, limit: u32) -> Result<u64, Error> {
        let (start, end) = match keys {
            Range::Exactly(key) => (key.clone().into_bytes(), [key.as_bytes(), b"\0"].concat()),
            Range::StartingWith(prefix) => (prefix.clone().into_bytes(), first_after(&prefix)),
        };
        let query = sqlx::query(sql::DELETE).bind(start).bind(end).bind(i64::from(limit));
        Ok(self.database.count(query).await?)
    }

    async fn stats(&self, queue: &str) -> Result<QueueStats, Error> {
        let query = sqlx::query(sql::STATS).bind(queue);
        let row = self.database.first(query).await?.ok_or(sqlx::Error::RowNotFound)?;
        Ok(QueueStats {
            queued: count(&row, "queued")?,
            running: count(&row, "running")?,
            dead: count(&row, "dead")?,
            oldest_ms: time_if_any(&row, "oldest_ms")?,
        })
    }

    async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<Record>, Error> {
        let query = sqlx::query(sql::LIST).bind(filter.state.map(State::name)).bind(filter.queue);
        self.database.all(query.bind(i64::from(limit))).await?.iter().map(record).collect()
    }

    async fn show(&self, id: &str) -> Result<Option<Record>, Error> {
        self.database.first(sqlx::query(sql::SHOW).bind(id)).await?.as_ref().map(record).transpose()
    }

    async fn import(&self, job: &Record) -> Result<bool, Error> {
        let small = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        let query = sqlx::query(sql::IMPORT)
            .bind(&job.id)
            .bind(job.key.as_bytes())
            .bind(&job.queue)
            .bind(job.state.name())
            .bind(small(job.attempt))
            .bind(small(job.crashes))
            .bind(to_sql(job.claims))
            .bind(to_sql(job.enqueued_ms))
            .bind(to_sql(job.due_ms))
            .bind(to_sql(job.set_ms))
            .bind(job.completed_ms.map(to_sql))
            .bind(to_sql(job.turn))
            .bind(job.error.as_deref().map(printable))
            .bind(&job.payload[..]);
        Ok(self.database.count(query).await? > 0)
    }

    async fn requeue(&self, id: &str, now_ms: u64) -> Result<Requeued, Error> {
        let requeued = self.database.count(sqlx::query(sql::REQUEUE).bind(id).bind(to_sql(now_ms))).await;
        // If it fails because the key has a live job by now, that job is found below.
        if requeued == Ok(1) {
            return Ok(Requeued::Done);
        }
        let Some(job) = self.show(id).await? else { return Ok(Requeued::NotThere) };
        if job.state != State::Dead {
            return Ok(Requeued::NotDead(job.state));
        }
        let live = self.live_of_key(&job.key).await?;
        let meanwhile = || Error::Unavailable("another process changed the job meanwhile; retry".into());
        live.map(Requeued::Live).ok_or_else(|| requeued.map_or_else(Error::from, |_| meanwhile()))
    }

    async fn adopt(&self, queues: &[String]) -> Result<u64, Error> {
        Ok(self.database.count(sqlx::query(sql::ADOPT).bind(queues)).await?)
    }

    async fn bury(&self, id: &str, reason: &str, now_ms: u64) -> Result<Buried, Error> {
        let query = sqlx::query(sql::BURY).bind(id).bind(to_sql(now_ms)).bind(printable(reason));
        if self.database.count(query).await? > 0 {
            return Ok(Buried::Done);
        }
        Ok(self.show(id).await?.map_or(Buried::NotThere, |job| Buried::NotLive(job.state)))
    }

    async fn prune(&self, ended: Ended, before_ms: u64, limit: u32) -> Result<u64, Error> {
        let statement = match ended {
            Ended::Done => sql::PRUNE_DONE,
            Ended::Dead => sql::PRUNE_DEAD,
        };
        let query = sqlx::query(statement).bind(to_sql(before_ms)).bind(i64::from(limit));
        Ok(self.database.count(query).await?)
    }

    async fn probe(&self) -> Result<(), Error> {
        Ok(self.database.probe("jobs").await?)
    }
}

#[cfg(test)]
mod tests;
