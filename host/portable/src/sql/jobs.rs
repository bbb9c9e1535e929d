//! Every statement of jobs in `SQLite`. Each is a decision of its own: nothing is read first and
//! relied upon later.

/// The longest payload, in bytes: 64 KiB.
pub const PAYLOAD_BYTES_MAX: u64 = 64 << 10;

/// A clock that reads this much less than when a time was set was set back. What differs by less only came late.
const SET_BACK_MS_MIN: u64 = 1_000;

/// Whether the clock was set back since a time was set at `set_ms`.
pub fn was_set_back(set_ms: u64, now_ms: u64) -> bool {
    set_ms >= now_ms.saturating_add(SET_BACK_MS_MIN)
}

/// An id that sorts by time (48 bits of it) and is not to be guessed (64 random bits).
pub fn new_id(now_ms: u64, random: u64) -> String {
    format!("{now_ms:012x}{random:016x}")
}

/// ?1 key.
pub const LIVE_OF_KEY: &str = "SELECT id FROM jobs WHERE key = ?1 AND state IN ('queued', 'running')";

/// ?1 id, ?2 key, ?3 payload, ?4 now, ?5 lanes as a JSON array, ?6 greatest depth.
///
/// Returns the job that is live for the key when the statement ends: the new one, or the one that
/// stood; nothing if there is neither, because every lane is full.
pub const OFFER: &str = "
    INSERT INTO jobs (id, key, lane, state, payload, offered_ms, due_ms, set_ms)
    SELECT ?1, ?2, lane.value, 'queued', ?3, ?4, ?4, ?4
    FROM json_each(?5) AS lane
    WHERE ?6 > (
            SELECT count(*) FROM jobs AS live
            WHERE live.lane = lane.value AND live.state IN ('queued', 'running')
        )
        OR EXISTS (
            SELECT 1 FROM jobs AS live WHERE live.key = ?2 AND live.state IN ('queued', 'running')
        )
    ORDER BY lane.key LIMIT 1
    ON CONFLICT (key) WHERE state IN ('queued', 'running') DO UPDATE SET key = excluded.key
    RETURNING id, lane";

/// ?1 now, ?2 end of the lease, ?3 who holds it, or null. Lanes do not matter: whoever is free takes the job that
/// has been due longest.
///
/// A job that is claimed while it runs was left by its last holder. That is a crash and no attempt.
pub const CLAIM: &str = "
    UPDATE jobs
    SET attempt = attempt + (state = 'queued'), crashes = crashes + (state = 'running'), state = 'running',
        claims = claims + 1, due_ms = ?2, set_ms = ?1, holder = ?3
    WHERE number = (
        SELECT number FROM jobs WHERE state IN ('queued', 'running') AND due_ms <= ?1
        ORDER BY due_ms, number LIMIT 1
    )
    RETURNING id, key, claims, attempt, crashes, payload";

/// When the next job is due, and the latest time at which such a time was set.
pub const NEXT_DUE: &str = "
    SELECT
        (SELECT min(due_ms) FROM jobs WHERE state IN ('queued', 'running')) AS due_ms,
        (SELECT max(set_ms) FROM jobs WHERE state IN ('queued', 'running')) AS set_ms";

/// ?1 now. The clock was set back since these times were set: they move with it, so that no job waits longer than
/// it was to wait.
pub const SET_BACK: &str = "
    UPDATE jobs SET due_ms = ?1 + max(due_ms - set_ms, 0), set_ms = ?1
    WHERE state IN ('queued', 'running') AND set_ms > ?1";

/// ?1 id, ?2 token, ?3 now, ?4 end of the lease.
pub const EXTEND: &str = "
    UPDATE jobs SET due_ms = ?4, set_ms = ?3
    WHERE id = ?1 AND claims = ?2 AND state = 'running'
    RETURNING id";

/// ?1 who held the leases, ?2 now, ?3 how many crashes that counts as.
///
/// What was under way is no attempt, and is due before what was offered later.
pub const RELEASE: &str = "
    UPDATE jobs
    SET state = 'queued', attempt = max(attempt - 1, 0), crashes = crashes + ?3, holder = NULL,
        due_ms = min(offered_ms, ?2), set_ms = min(offered_ms, ?2)
    WHERE state = 'running' AND holder = ?1";

/// ?1 id, ?2 token, ?3 state, ?4 when it was settled, or null, ?5 when it is due, or null for as
/// it was, ?6 what went wrong, or null for as it was, ?7 now, ?8 whether it was postponed.
///
/// A job that is settled did not end its process: its crashes are forgotten, unless it is dead of them. One that was
/// postponed was not tried: its attempts and crashes are what they were before it was claimed.
/// A job that is done is never handed out again, and its payload may name somebody who wants to be
/// forgotten: it is emptied.
pub const SETTLE: &str = "
    UPDATE jobs
    SET state = ?3, settled_ms = ?4, due_ms = coalesce(?5, due_ms), error = coalesce(?6, error),
        payload = iif(?3 = 'done', x'', payload), crashes = iif(?3 = 'dead' OR ?8, crashes, 0),
        attempt = attempt - ?8, set_ms = ?7, holder = NULL
    WHERE id = ?1 AND claims = ?2 AND state = 'running'
    RETURNING key";

/// ?1 key.
pub const NEWEST: &str = "
    SELECT id, state, attempt, coalesce(settled_ms, offered_ms) AS since_ms FROM jobs
    WHERE key = ?1
    ORDER BY state IN ('queued', 'running') DESC, offered_ms DESC, number DESC LIMIT 1";

/// ?1 lane.
pub const MEASURE: &str = "
    SELECT
        count(*) FILTER (WHERE state = 'queued') AS queued,
        count(*) FILTER (WHERE state = 'running') AS running,
        (SELECT count(*) FROM jobs WHERE lane = ?1 AND state = 'dead') AS dead,
        min(offered_ms) AS oldest_ms
    FROM jobs WHERE lane = ?1 AND state IN ('queued', 'running')";

/// ?1 state, or null, ?2 lane, or null, ?3 limit.
pub const LIST: &str = "
    SELECT * FROM jobs WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR lane = ?2)
    ORDER BY offered_ms DESC, number DESC LIMIT ?3";

/// ?1 id.
pub const SHOW: &str = "SELECT * FROM jobs WHERE id = ?1";

/// ?1 id, ?2 now. Changes nothing where the job is not dead or its key has a live one.
pub const REQUEUE: &str = "
    UPDATE jobs
    SET state = 'queued', attempt = 0, crashes = 0, offered_ms = ?2, due_ms = ?2, set_ms = ?2, settled_ms = NULL
    WHERE id = ?1 AND state = 'dead' AND NOT EXISTS (
        SELECT 1 FROM jobs AS live WHERE live.key = jobs.key AND live.state IN ('queued', 'running')
    )
    RETURNING id";

/// ?1 lanes as a JSON array. The oldest stray goes to the first lane, the next to the second, and
/// so on; none finds a lane where there is none. Ordered by `number` itself, it would read every job
/// there ever was; by `+number` it reads the live ones and sorts them.
pub const ADOPT: &str = "
    UPDATE jobs SET lane = adopter.value
    FROM (
            SELECT number, row_number() OVER (ORDER BY +number) - 1 AS place FROM jobs
            WHERE state IN ('queued', 'running') AND lane NOT IN (SELECT value FROM json_each(?1))
        ) AS stray
        JOIN json_each(?1) AS adopter ON adopter.key = stray.place % json_array_length(?1)
    WHERE jobs.number = stray.number";

/// ?1 id, ?2 now, ?3 reason.
pub const BURY: &str = "
    UPDATE jobs SET state = 'dead', settled_ms = ?2, error = ?3, set_ms = ?2, holder = NULL
    WHERE id = ?1 AND state IN ('queued', 'running')
    RETURNING id";

/// ?1 the time before which jobs were done, ?2 limit.
pub const PRUNE: &str = "
    DELETE FROM jobs WHERE number IN (
        SELECT number FROM jobs WHERE state = 'done' AND settled_ms < ?1 ORDER BY settled_ms LIMIT ?2
    )";

/// ?1 key, ?2 limit. See [`FORGET`].
pub const FORGET_EXACTLY: &str = "
    DELETE FROM jobs WHERE number IN (SELECT number FROM jobs WHERE key = ?1 LIMIT ?2)
    RETURNING key";

/// ?1 prefix of keys, ?2 the first text after all that start with it, or null, ?3 limit. Lanes do not
/// matter, not even those that are no more: what is to be forgotten is forgotten wherever it is.
pub const FORGET: &str = "
    DELETE FROM jobs WHERE number IN (
        SELECT number FROM jobs WHERE key >= ?1 AND key < coalesce(?2, x'') LIMIT ?3
    )
    RETURNING key";
