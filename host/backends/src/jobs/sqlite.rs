//! Jobs in an `SQLite` file, which other processes such as the command line may use as well.

use std::path::Path;
use std::sync::Arc;

use ::sql::{first_after, from_sql, jobs as sql, to_sql};
use async_trait::async_trait;
use bytes::Bytes;
use sqlx::Row;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteRow;

use super::{
    Buried, ClaimResult, Claimed, Completion, End, Ended, Enqueued, Error, Filter, Jobs, NewJob, QueueStats,
    Range, Record, Requeued, State, Status, check_size, new_id,
};
use crate::kind::{Opened, Site};
use crate::random::Random;
use crate::sqlite::{Database, Durability, OpenError, Statement, WriteFailed};
use crate::unavailable::unavailable_after;

pub(super) use crate::kind::NoOptions as Options;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/jobs");

/// The file in the data folder.
const FILE: &str = "jobs.db";

/// Opens the file in the data folder.
pub(super) async fn open(_: Options, site: &Site) -> Opened<dyn Jobs> {
    let jobs = Sqlite::open(&site.folder.join(FILE), site.random.clone()).await?;
    Ok(Arc::new(jobs.held_by(site.process.clone())))
}

/// Jobs in `SQLite`. A change survives a loss of power once its call has returned.
pub struct Sqlite {
    database: Database,
    random: Arc<dyn Random>,
    holder: Option<String>,
}

impl Sqlite {
    /// Opens the file at `path`, which is created if it is missing.
    pub async fn open(path: &Path, random: Arc<dyn Random>) -> Result<Self, OpenError> {
        let database = Database::open(path, &MIGRATIONS, Durability::Power).await?;
        Ok(Self { database, random, holder: None })
    }

    /// Names the process that holds the leases.
    #[must_use]
    pub fn held_by(self, process: Option<String>) -> Self {
        Self { holder: process, ..self }
    }

    /// Finishes pending work and closes the file.
    pub async fn close(&self) {
        self.database.close().await;
    }

    #[cfg(test)]
    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    async fn live_of_key(&self, key: &str) -> Result<Option<String>, Error> {
        let row = self.database.first(sqlx::query(sql::LIVE_OF_KEY).bind(key)).await?;
        Ok(row.map(|row| row.try_get("id")).transpose()?)
    }

    /// Returns when the next job is due, corrected if the clock was set back since that time was set.
    async fn next_due(&self, now_ms: u64) -> Result<Option<u64>, Error> {
        let (due_ms, set_ms) = self.due_and_set().await?;
        if set_ms.is_some_and(|set_ms| sql::was_set_back(set_ms, now_ms)) {
            self.database.change_many(sqlx::query(sql::SET_BACK).bind(to_sql(now_ms))).await?;
            return Ok(self.due_and_set().await?.0);
        }
        Ok(due_ms)
    }

    /// Leases the due job whose turn is next. Releases the lease if the caller does not receive it.
    async fn lease(&self, now_ms: u64, lease_ms: u32) -> Result<Option<SqliteRow>, WriteFailed> {
        let claim = sqlx::query(sql::CLAIM).bind(to_sql(now_ms)).bind(lease_end(now_ms, lease_ms));
        let give_back = move |row: &SqliteRow| {
            let Claimed { id, token, .. } = claimed(row).ok()?;
            Some(completing(&id, token, now_ms, Completion::Postponed(now_ms)))
        };
        let claim = claim.bind(self.holder.clone()).bind(NO_LIMIT);
        self.database.change_for_caller(claim, give_back).await
    }

    async fn due_and_set(&self) -> Result<(Option<u64>, Option<u64>), Error> {
        let row = self.database.first(sqlx::query(sql::NEXT_DUE)).await?.ok_or(sqlx::Error::RowNotFound)?;
        Ok((time_if_any(&row, "due_ms")?, time_if_any(&row, "set_ms")?))
    }
}

unavailable_after!(Error: WriteFailed, sqlx::Error);

/// Returns the statement that completes a claim.
fn completing(id: &str, token: u64, now_ms: u64, completion: Completion) -> Statement {
    let sql::Completed { state, completed_ms, due_ms, error, is_postponed } =
        sql::Completed::of(completion, now_ms);
    sqlx::query(sql::COMPLETE)
        .bind(id.to_owned())
        .bind(to_sql(token))
        .bind(state.name())
        .bind(completed_ms.map(to_sql))
        .bind(due_ms.map(to_sql))
        .bind(error)
        .bind(to_sql(now_ms))
        .bind(is_postponed)
}

/// The host's workers limit the jobs that they run at once, so a claim does not.
const NO_LIMIT: Option<i64> = None;

fn lease_end(now_ms: u64, lease_ms: u32) -> i64 {
    to_sql(now_ms.saturating_add(lease_ms.into()))
}

fn time(row: &SqliteRow, column: &str) -> Result<u64, sqlx::Error> {
    row.try_get(column).map(from_sql)
}

fn time_if_any(row: &SqliteRow, column: &str) -> Result<Option<u64>, sqlx::Error> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(from_sql))
}

fn state(row: &SqliteRow) -> Result<State, Error> {
    let name: &str = row.try_get("state")?;
    State::parse(name).ok_or_else(|| Error::Unavailable(format!("unknown state of a job: {name}")))
}

fn payload(row: &SqliteRow) -> Result<Bytes, sqlx::Error> {
    row.try_get::<Vec<u8>, _>("payload").map(Bytes::from)
}

fn claimed(row: &SqliteRow) -> Result<Claimed, Error> {
    Ok(Claimed {
        id: row.try_get("id")?,
        key: row.try_get("key")?,
        token: from_sql(row.try_get("claims")?),
        attempt: row.try_get("attempt")?,
        crashes: row.try_get("crashes")?,
        payload: payload(row)?,
    })
}

fn status(row: &SqliteRow) -> Result<Status, Error> {
    Ok(Status {
        id: row.try_get("id")?,
        state: state(row)?,
        attempt: row.try_get("attempt")?,
        since_ms: time(row, "since_ms")?,
    })
}

fn record(row: &SqliteRow) -> Result<Record, Error> {
    Ok(Record {
        id: row.try_get("id")?,
        key: row.try_get("key")?,
        queue: row.try_get("queue")?,
        state: state(row)?,
        attempt: row.try_get("attempt")?,
        crashes: row.try_get("crashes")?,
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
impl Jobs for Sqlite {
    /// Looks for the key's live job first, because that is the usual answer and costs no write.
    async fn enqueue(&self, job: NewJob) -> Result<Enqueued, Error> {
        check_size(&job.payload)?;
        if let Some(live) = self.live_of_key(&job.key).await? {
            return Ok(Enqueued::Live(live));
        }
        let id = new_id(job.now_ms, self.random.next_u64());
        let query = sqlx::query(sql::ENQUEUE)
            .bind(&id)
            .bind(&job.key)
            .bind(&job.payload[..])
            .bind(to_sql(job.now_ms))
            .bind(serde_json::Value::from(job.queues.clone()).to_string())
            .bind(job.queue_depth_max)
            .bind(job.owner())
            .bind(first_after(job.owner()))
            .bind(job.reserve());
        let Some(row) = self.database.change(query).await? else { return Ok(Enqueued::Full) };
        let live: String = row.try_get("id")?;
        Ok(if live == id {
            Enqueued::Accepted { id, queue: row.try_get("queue")? }
        } else {
            Enqueued::Live(live)
        })
    }

    /// Reads first whether a job is due, because idle workers ask often and usually find nothing.
    async fn claim(&self, now_ms: u64, lease_ms: u32) -> Result<ClaimResult, Error> {
        let due_ms = self.next_due(now_ms).await?;
        if due_ms.is_none_or(|due_ms| due_ms > now_ms) {
            return Ok(ClaimResult::Idle(due_ms));
        }
        match self.lease(now_ms, lease_ms).await? {
            Some(row) => Ok(ClaimResult::Job(claimed(&row)?)),
            None => Ok(ClaimResult::Idle(self.next_due(now_ms).await?)),
        }
    }

    async fn release(&self, holder: &str, end: End, now_ms: u64) -> Result<u64, Error> {
        let crashes = i64::from(end == End::Died);
        let query = sqlx::query(sql::RELEASE).bind(holder).bind(to_sql(now_ms)).bind(crashes);
        Ok(self.database.change_many(query).await?)
    }

    async fn extend_lease(&self, id: &str, token: u64, now_ms: u64, lease_ms: u32) -> Result<bool, Error> {
        let query = sqlx::query(sql::EXTEND).bind(id).bind(to_sql(token)).bind(to_sql(now_ms));
        let query = query.bind(lease_end(now_ms, lease_ms));
        Ok(self.database.change(query).await?.is_some())
    }

    async fn complete(
        &self,
        id: &str,
        token: u64,
        now_ms: u64,
        completion: Completion,
    ) -> Result<Option<String>, Error> {
        let state = completion.state().name();
        let row = match self.database.change(completing(id, token, now_ms, completion)).await? {
            None => {
                let query = sqlx::query(sql::COMPLETED_BEFORE).bind(id.to_owned());
                self.database.first(query.bind(to_sql(token)).bind(state)).await?
            }
            completed => completed,
        };
        Ok(row.map(|row| row.try_get("key")).transpose()?)
    }

    async fn latest(&self, key: &str) -> Result<Option<Status>, Error> {
        self.database.first(sqlx::query(sql::LATEST).bind(key)).await?.as_ref().map(status).transpose()
    }

    async fn is_due(&self, now_ms: u64) -> Result<bool, Error> {
        Ok(self.due_and_set().await?.0.is_some_and(|due_ms| due_ms <= now_ms))
    }

    async fn delete(&self, keys: Range, limit: u32) -> Result<u64, Error> {
        let query = match keys {
            Range::Exactly(key) => sqlx::query(sql::DELETE_EXACTLY).bind(key),
            Range::StartingWith(prefix) => {
                let end = first_after(&prefix);
                sqlx::query(sql::DELETE).bind(prefix).bind(end)
            }
        };
        Ok(self.database.change_many(query.bind(limit)).await?)
    }

    async fn stats(&self, queue: &str) -> Result<QueueStats, Error> {
        let query = sqlx::query(sql::STATS).bind(queue);
        let row = self.database.first(query).await?.ok_or(sqlx::Error::RowNotFound)?;
        Ok(QueueStats {
            queued: row.try_get("queued")?,
            running: row.try_get("running")?,
            dead: row.try_get("dead")?,
            oldest_ms: time_if_any(&row, "oldest_ms")?,
        })
    }

    async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<Record>, Error> {
        let query = sqlx::query(sql::LIST).bind(filter.state.map(State::name)).bind(filter.queue).bind(limit);
        self.database.all(query).await?.iter().map(record).collect()
    }

    async fn show(&self, id: &str) -> Result<Option<Record>, Error> {
        self.database.first(sqlx::query(sql::SHOW).bind(id)).await?.as_ref().map(record).transpose()
    }

    async fn import(&self, job: &Record) -> Result<bool, Error> {
        let query = sqlx::query(sql::IMPORT)
            .bind(job.id.clone())
            .bind(job.key.clone())
            .bind(job.queue.clone())
            .bind(job.state.name())
            .bind(job.attempt)
            .bind(job.crashes)
            .bind(to_sql(job.claims))
            .bind(to_sql(job.enqueued_ms))
            .bind(to_sql(job.due_ms))
            .bind(to_sql(job.set_ms))
            .bind(job.completed_ms.map(to_sql))
            .bind(to_sql(job.turn))
            .bind(job.error.clone())
            .bind(job.payload.to_vec());
        Ok(self.database.change_many(query).await? > 0)
    }

    async fn requeue(&self, id: &str, now_ms: u64) -> Result<Requeued, Error> {
        let query = sqlx::query(sql::REQUEUE).bind(id).bind(to_sql(now_ms));
        if self.database.change(query).await?.is_some() {
            return Ok(Requeued::Done);
        }
        let Some(job) = self.show(id).await? else { return Ok(Requeued::NotThere) };
        if job.state != State::Dead {
            return Ok(Requeued::NotDead(job.state));
        }
        let live = self.live_of_key(&job.key).await?;
        live.map(Requeued::Live)
            .ok_or_else(|| Error::Unavailable("another process changed the job meanwhile; retry".into()))
    }

    async fn adopt(&self, queues: &[String]) -> Result<u64, Error> {
        let query = sqlx::query(sql::ADOPT).bind(serde_json::Value::from(queues).to_string());
        Ok(self.database.change_many(query).await?)
    }

    async fn bury(&self, id: &str, reason: &str, now_ms: u64) -> Result<Buried, Error> {
        let query = sqlx::query(sql::BURY).bind(id).bind(to_sql(now_ms)).bind(reason);
        if self.database.change(query).await?.is_some() {
            return Ok(Buried::Done);
        }
        Ok(self.show(id).await?.map_or(Buried::NotThere, |job| Buried::NotLive(job.state)))
    }

    async fn prune(&self, ended: Ended, before_ms: u64, limit: u32) -> Result<u64, Error> {
        let statement = match ended {
            Ended::Done => sql::PRUNE_DONE,
            Ended::Dead => sql::PRUNE_DEAD,
        };
        let pruned =
            self.database.change_many(sqlx::query(statement).bind(to_sql(before_ms)).bind(limit)).await?;
        if pruned > 0 {
            self.database.shrink().await?;
        }
        Ok(pruned)
    }

    async fn probe(&self) -> Result<(), Error> {
        Ok(self.database.probe().await?)
    }
}

#[cfg(test)]
mod tests;
