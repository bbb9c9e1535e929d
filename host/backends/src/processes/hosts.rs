//! The hosts that share a database of PostgreSQL. Each has a lease in it, which it extends while it lives, and a share
//! of the pool's members. Only the server's clock decides when a lease has ended.
//!
//! A host is declared gone once its lease has ended and another host, which reached the database all along, has waited
//! for it a while longer. So if the database itself was away, nobody is declared gone. A host that was declared gone
//! learns so when it reaches the database again. In the meantime it claims no jobs, because by its own count its lease
//! has ended earlier than by the server's.

mod share;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ::sql::postgres::hosts as sql;
use async_trait::async_trait;
use sqlx::Row as _;
use tokio::time::timeout;

use super::{Beat, Error, Gone, Processes, Seen, Slots};
use crate::clock::millis;
use crate::postgres::{self, Database};
use crate::random::Random;

/// How long a lease lasts: some beats may fail.
const LEASE: Duration = Duration::from_secs(2);
/// How much longer the others wait for a host whose lease has ended. After the database was away, each host needs less
/// to reach it again.
const GRACE: Duration = Duration::from_secs(1);
/// How long a host has the sole right to take over the jobs of one that is gone.
const TAKE_OVER: Duration = Duration::from_secs(3);
/// How long a beat may take. A later one may take another connection.
const PATIENCE: Duration = Duration::from_secs(1);

/// This host among those that share a database.
pub struct Hosts {
    id: String,
    database: Arc<Database>,
    /// How long a lease lasts.
    lease: Duration,
    /// How long a beat may take.
    patience: Duration,
    state: Mutex<State>,
}

/// What this host knows since its last beat.
#[derive(Debug, Default)]
struct State {
    /// Whether this host was entered, and has not learnt that it was declared gone.
    is_entered: bool,
    /// When the last beat that succeeded began.
    beat: Option<Instant>,
    /// Since when this host sees that the lease of another has ended, without a failed beat in between.
    ended: BTreeMap<String, Instant>,
    /// The hosts that live, in the order of their arrival, this one included.
    live: Vec<String>,
}

impl Hosts {
    /// Returns a host that is not entered yet. `database` should be its own, so that a beat waits for no other
    /// statement.
    pub fn new(database: Arc<Database>, random: &dyn Random) -> Self {
        Self {
            id: format!("{:016x}", random.next_u64()),
            database,
            lease: LEASE,
            patience: PATIENCE,
            state: Mutex::default(),
        }
    }

    async fn try_to_beat(&self) -> Result<Beat, Error> {
        let began = Instant::now();
        let was_entered = self.state().is_entered;
        let statement = if was_entered { sql::EXTEND } else { sql::ENTER };
        let lease = sqlx::query(statement).bind(self.id.clone()).bind(to_sql(self.lease));
        let is_entered = self.database.count(lease).await? > 0;
        self.state().is_entered = is_entered;
        if !is_entered {
            return if was_entered { Ok(Beat::DeclaredGone) } else { Err(Error::TakenOver) };
        }
        let (live, ended) = self.look().await?;
        let overdue = self.overdue(live, ended, began);
        let mut gone = Vec::new();
        for id in overdue {
            let declare = sqlx::query(sql::DECLARE_GONE).bind(id.clone()).bind(to_sql(TAKE_OVER));
            if self.database.count(declare).await? > 0 {
                self.state().live.retain(|live| *live != id);
                gone.push(Gone { id, file: None });
            }
        }
        let others = self.state().live.len().saturating_sub(1);
        Ok(Beat::Alive(Seen { gone, others }))
    }

    /// Returns the hosts that live, or may, and those whose lease has ended.
    async fn look(&self) -> Result<(Vec<String>, Vec<String>), Error> {
        let (mut live, mut ended) = (Vec::new(), Vec::new());
        for row in self.database.all(sqlx::query(sql::ALL)).await? {
            let id: String = row.try_get("id")?;
            let is_gone: bool = row.try_get("is_gone")?;
            if row.try_get("has_ended")? {
                ended.push(id.clone());
            }
            if !is_gone {
                live.push(id);
            }
        }
        Ok((live, ended))
    }

    /// Keeps what a beat has found. Returns the hosts whose lease has been over for long enough.
    fn overdue(&self, live: Vec<String>, ended: Vec<String>, now: Instant) -> Vec<String> {
        let mut state = self.state();
        let earlier = std::mem::take(&mut state.ended);
        let since = |id: String| {
            let since = earlier.get(&id).copied().unwrap_or(now);
            (id, since)
        };
        state.ended = ended.into_iter().filter(|id| *id != self.id).map(since).collect();
        (state.live, state.beat) = (live, Some(now));
        let overdue = state.ended.iter().filter(|(_, since)| now.duration_since(**since) >= GRACE);
        overdue.map(|(id, _)| id.clone()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a span in milliseconds, as PostgreSQL multiplies an interval by it.
#[expect(clippy::cast_precision_loss, reason = "a few seconds")]
fn to_sql(span: Duration) -> f64 {
    millis(span) as f64
}

#[async_trait]
impl Processes for Hosts {
    fn id(&self) -> &str {
        &self.id
    }

    async fn beat(&self) -> Result<Beat, Error> {
        let beat = match timeout(self.patience, self.try_to_beat()).await {
            Ok(beat) => beat,
            Err(_) => Err(postgres::Error::no_answer(self.patience).into()),
        };
        if beat.is_err() {
            self.state().ended.clear();
        }
        beat
    }

    async fn remove(&self, gone: Gone) -> Result<(), Error> {
        self.database.count(sqlx::query(sql::REMOVE_GONE).bind(gone.id)).await?;
        Ok(())
    }

    async fn retire(&self) -> Result<(), Error> {
        self.database.count(sqlx::query(sql::REMOVE).bind(self.id.clone())).await?;
        Ok(())
    }

    async fn share(&self, slots: &Slots) -> Result<(), Error> {
        let (beat, live) = {
            let state = self.state();
            (state.beat, state.live.clone())
        };
        if let Some(beat) = beat {
            slots.allow_until(beat + self.lease);
        }
        let share = share::Share { database: &self.database, id: &self.id, slots };
        match timeout(self.patience, share.take(&live)).await {
            Ok(shared) => shared,
            Err(_) => Err(postgres::Error::no_answer(self.patience).into()),
        }
    }
}
