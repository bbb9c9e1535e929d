//! Every statement of jobs in `SQLite`. Each is atomic by itself: no statement relies on what an earlier one read.

use model::jobs::{Completion, State};

/// The longest payload, in bytes: 64 KiB.
pub const PAYLOAD_BYTES_MAX: u64 = 64 << 10;

/// A clock counts as set back if it reads at least this much less than a stored time. A smaller difference means only
/// that a call came late: it may have waited for the lock of another process.
pub const SET_BACK_MS_MIN: u64 = 10_000;

/// Returns whether the clock was set back since a time was stored at `set_ms`.
pub fn was_set_back(set_ms: u64, now_ms: u64) -> bool {
    set_ms >= now_ms.saturating_add(SET_BACK_MS_MIN)
}

/// Returns an id that sorts by time (48 bits) and cannot be guessed (64 random bits).
pub fn new_id(now_ms: u64, random: u64) -> String {
    format!("{now_ms:012x}{random:016x}")
}

/// ?1 key.
pub const LIVE_OF_KEY: &str = "SELECT id FROM jobs WHERE key = ?1 AND state IN ('queued', 'running')";

/// ?1 id, ?2 key, ?3 payload, ?4 now, ?5 queues as a JSON array, ?6 greatest depth, ?7 the start of the owner's keys, ?8
/// the first text after all of them, ?9 the reserve of each owner in a full queue.
///
/// Returns the key's live job after the statement: the new one, or the one that existed. Returns nothing if there is
/// neither, because every queue is full.
///
/// Owners take turns (start-time fair queueing): the job's turn is the next one after those that run now and after the
/// owner's last.
pub const ENQUEUE: &str = "
    INSERT INTO jobs (id, key, queue, state, payload, enqueued_ms, due_ms, set_ms, turn)
    SELECT ?1, ?2, queue.value, 'queued', ?3, ?4, ?4, ?4, 1 + max(
        coalesce(
            (SELECT max(turn) FROM jobs WHERE state = 'running'),
            (SELECT min(turn) FROM jobs WHERE state IN ('queued', 'running')),
            0
        ),
        coalesce((
            SELECT max(owned.turn) FROM jobs AS owned
            WHERE owned.key >= ?7 AND owned.key < ?8 AND owned.state IN ('queued', 'running')
        ), 0)
    )
    FROM json_each(?5) AS queue
    WHERE ?6 > (
            SELECT count(*) FROM jobs AS live
            WHERE live.queue = queue.value AND live.state IN ('queued', 'running')
        )
        OR ?9 > (
            SELECT count(*) FROM jobs AS owned
            WHERE owned.key >= ?7 AND owned.key < ?8 AND owned.queue = queue.value
                AND owned.state IN ('queued', 'running')
        ) AND 2 * ?6 > (
            SELECT count(*) FROM jobs AS live
            WHERE live.queue = queue.value AND live.state IN ('queued', 'running')
        )
        OR EXISTS (
            SELECT 1 FROM jobs AS live WHERE live.key = ?2 AND live.state IN ('queued', 'running')
        )
    ORDER BY queue.key LIMIT 1
    ON CONFLICT (key) WHERE state IN ('queued', 'running') DO UPDATE SET key = excluded.key
    RETURNING id, queue";

/// ?1 now, ?2 end of the lease, ?3 the holder, or null, ?4 the most jobs under lease at once, or null for no limit.
/// Queues do not matter: a free worker takes the due job whose turn is next.
///
/// A job that is claimed while it runs was abandoned by its last holder. That counts as a crash and not as an attempt.
pub const CLAIM: &str = "
    UPDATE jobs
    SET attempt = attempt + (state = 'queued'), crashes = crashes + (state = 'running'), state = 'running',
        claims = claims + 1, due_ms = ?2, set_ms = ?1, holder = ?3
    WHERE number = (
        SELECT number FROM jobs WHERE state IN ('queued', 'running') AND +due_ms <= ?1
        ORDER BY turn, number LIMIT 1
    ) AND (?4 IS NULL OR ?4 > (
        SELECT count(*) FROM jobs
        WHERE state IN ('queued', 'running') AND +state = 'running' AND due_ms > ?1
    ))
    RETURNING id, key, claims, attempt, crashes, payload";

/// ?1 now. Returns how many jobs are under lease.
pub const RUNNING: &str = "
    SELECT count(*) FROM jobs
    WHERE state IN ('queued', 'running') AND +state = 'running' AND due_ms > ?1";

/// ?1 id, ?2 token.
///
/// Returns the job of a claim, in whatever state it is by now.
pub const LEASED: &str =
    "SELECT id, key, claims, attempt, crashes, payload FROM jobs WHERE id = ?1 AND claims = ?2";

/// Returns when the next job is due, and the latest time at which a due time was set.
pub const NEXT_DUE: &str = "
    SELECT
        (SELECT min(due_ms) FROM jobs WHERE state IN ('queued', 'running')) AS due_ms,
        (SELECT max(set_ms) FROM jobs WHERE state IN ('queued', 'running')) AS set_ms";

/// ?1 now. Moves the due times that were set before the clock was set back, so that no job waits longer than intended.
pub const SET_BACK: &str = "
    UPDATE jobs SET due_ms = ?1 + max(due_ms - set_ms, 0), set_ms = ?1
    WHERE state IN ('queued', 'running') AND set_ms > ?1";

/// ?1 id, ?2 token, ?3 now, ?4 end of the lease.
pub const EXTEND: &str = "
    UPDATE jobs SET due_ms = ?4, set_ms = ?3
    WHERE id = ?1 AND claims = ?2 AND state = 'running'
    RETURNING id";

/// ?1 the holder of the leases, ?2 now, ?3 the number of crashes that this counts as.
///
/// A job that was running has not used an attempt, and keeps its turn.
pub const RELEASE: &str = "
    UPDATE jobs
    SET state = 'queued', attempt = max(attempt - 1, 0), crashes = crashes + ?3, holder = NULL,
        due_ms = min(enqueued_ms, ?2), set_ms = min(enqueued_ms, ?2)
    WHERE state = 'running' AND holder = ?1";

/// ?1 id, ?2 token, ?3 state, ?4 when it was completed, or null, ?5 when it is due, or null for no change, ?6 what went
/// wrong, or null for no change, ?7 now, ?8 whether it was postponed.
///
/// A job that is completed did not crash its process, so its crashes are reset, unless it died of them. A postponed job
/// was not tried, so its attempts and crashes are what they were before the claim. A job that is done is never handed
/// out again, so its payload is emptied, because it may name a person who wants their data deleted.
pub const COMPLETE: &str = "
    UPDATE jobs
    SET state = ?3, completed_ms = ?4, due_ms = coalesce(?5, due_ms), error = coalesce(?6, error),
        payload = iif(?3 = 'done', x'', payload), crashes = iif(?3 = 'dead' OR ?8, crashes, 0),
        attempt = attempt - ?8, set_ms = ?7, holder = NULL
    WHERE id = ?1 AND claims = ?2 AND state = 'running'
    RETURNING key";

/// ?1 id, ?2 token, ?3 state.
///
/// Returns the key of a job that this claim has completed as that already. The first answer of [`COMPLETE`] may be lost
/// after its commit, and its caller asks again. A released job is queued too, but is due since it was enqueued.
pub const COMPLETED_BEFORE: &str = "
    SELECT key FROM jobs
    WHERE id = ?1 AND claims = ?2 AND state = ?3
        AND NOT (state = 'queued' AND due_ms = set_ms AND due_ms <= enqueued_ms)";

/// The values of [`COMPLETE`], except for those that identify the claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    /// ?3
    pub state: State,
    /// ?4
    pub completed_ms: Option<u64>,
    /// ?5
    pub due_ms: Option<u64>,
    /// ?6
    pub error: Option<String>,
    /// ?8
    pub is_postponed: bool,
}

impl Completed {
    /// Returns the values for a completion at `now_ms`.
    pub fn of(completion: Completion, now_ms: u64) -> Self {
        let state = completion.state();
        let is_postponed = matches!(completion, Completion::Postponed(_));
        let (completed_ms, due_ms, error) = match completion {
            Completion::Done(note) => (Some(now_ms), None, note),
            Completion::Dead(reason) => (Some(now_ms), None, Some(reason)),
            Completion::Retry { at_ms, reason } => (None, Some(at_ms), Some(reason)),
            Completion::Postponed(at_ms) => (None, Some(at_ms), None),
        };
        Self { state, completed_ms, due_ms, error, is_postponed }
    }
}

/// ?1 key.
pub const LATEST: &str = "
    SELECT id, state, attempt, coalesce(completed_ms, enqueued_ms) AS since_ms FROM jobs
    WHERE key = ?1
    ORDER BY state IN ('queued', 'running') DESC, enqueued_ms DESC, number DESC LIMIT 1";

/// ?1 queue.
pub const STATS: &str = "
    SELECT
        count(*) FILTER (WHERE state = 'queued') AS queued,
        count(*) FILTER (WHERE state = 'running') AS running,
        (SELECT count(*) FROM jobs WHERE queue = ?1 AND state = 'dead') AS dead,
        min(enqueued_ms) AS oldest_ms
    FROM jobs WHERE queue = ?1 AND state IN ('queued', 'running')";

/// ?1 state, or null, ?2 queue, or null, ?3 limit.
pub const LIST: &str = "
    SELECT * FROM jobs WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR queue = ?2)
    ORDER BY enqueued_ms DESC, number DESC LIMIT ?3";

/// ?1 id.
pub const SHOW: &str = "SELECT * FROM jobs WHERE id = ?1";

/// ?1 id, ?2 key, ?3 queue, ?4 state, ?5 attempt, ?6 crashes, ?7 claims, ?8 when it was enqueued, ?9 due, ?10 when that was
/// set, ?11 completed or null, ?12 turn, ?13 error or null, ?14 payload.
pub const IMPORT: &str = "
    INSERT INTO jobs (
        id, key, queue, state, attempt, crashes, claims, enqueued_ms, due_ms, set_ms, completed_ms, turn, error, payload
    )
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
    ON CONFLICT DO NOTHING";

/// ?1 id, ?2 now. Changes nothing if the job is not dead or its key has a live one.
pub const REQUEUE: &str = "
    UPDATE jobs
    SET state = 'queued', attempt = 0, crashes = 0, enqueued_ms = ?2, due_ms = ?2, set_ms = ?2, completed_ms = NULL
    WHERE id = ?1 AND state = 'dead' AND NOT EXISTS (
        SELECT 1 FROM jobs AS live WHERE live.key = jobs.key AND live.state IN ('queued', 'running')
    )
    RETURNING id";

/// ?1 queues as a JSON array. The oldest stray goes to the first queue, the next to the second, and so on. Without
/// queues nothing changes. Ordered by `number` itself, the statement would read every job, including completed ones; by
/// `+number` it reads the live ones and sorts them.
pub const ADOPT: &str = "
    UPDATE jobs SET queue = adopter.value
    FROM (
            SELECT number, row_number() OVER (ORDER BY +number) - 1 AS place FROM jobs
            WHERE state IN ('queued', 'running') AND queue NOT IN (SELECT value FROM json_each(?1))
        ) AS stray
        JOIN json_each(?1) AS adopter ON adopter.key = stray.place % json_array_length(?1)
    WHERE jobs.number = stray.number";

/// ?1 id, ?2 now, ?3 reason.
pub const BURY: &str = "
    UPDATE jobs SET state = 'dead', completed_ms = ?2, error = ?3, set_ms = ?2, holder = NULL
    WHERE id = ?1 AND state IN ('queued', 'running')
    RETURNING id";

/// ?1 the time before which jobs were done, ?2 limit.
pub const PRUNE_DONE: &str = "
    DELETE FROM jobs WHERE number IN (
        SELECT number FROM jobs WHERE state = 'done' AND completed_ms < ?1 ORDER BY completed_ms LIMIT ?2
    )";

/// ?1 the time before which jobs died, ?2 limit.
pub const PRUNE_DEAD: &str = "
    DELETE FROM jobs WHERE number IN (
        SELECT number FROM jobs WHERE state = 'dead' AND completed_ms < ?1 ORDER BY completed_ms LIMIT ?2
    )";

/// ?1 key, ?2 limit. See [`DELETE`].
pub const DELETE_EXACTLY: &str = "
    DELETE FROM jobs WHERE number IN (SELECT number FROM jobs WHERE key = ?1 LIMIT ?2)
    RETURNING key";

/// ?1 prefix of keys, ?2 the first text after all texts with that prefix, or null, ?3 limit. Queues do not matter, not
/// even removed ones: a job is deleted from any queue.
pub const DELETE: &str = "
    DELETE FROM jobs WHERE number IN (
        SELECT number FROM jobs WHERE key >= ?1 AND key < coalesce(?2, x'') LIMIT ?3
    )
    RETURNING key";
