//! Every statement of jobs in PostgreSQL. They do what those for `SQLite` do ([`crate::jobs`]), where their comments are;
//! here are those on the differences.

/// $1 key.
pub const LIVE_OF_KEY: &str = "SELECT id FROM jobs WHERE key = $1 AND state IN ('queued', 'running')";

/// $1 id, $2 key, $3 payload, $4 now, $5 queues, $6 greatest depth, $7 the reserve of each owner in a full queue, $8 the
/// start of the owner's keys, $9 the first bytes after all of them.
///
/// The function is in `migrations/postgres/0002_jobs.sql`. A row without an id asks to try again. Jobs of one owner that
/// enter two queues at the same moment may get the same turn; the one that was accepted first is then claimed first.
pub const ENQUEUE: &str = "SELECT id, queue FROM enqueue_job($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// $1 now, $2 end of the lease, $3 the holder, or null. Passes over jobs that others claim or change right now.
pub const CLAIM: &str = "
    UPDATE jobs
    SET attempt = attempt + (state = 'queued')::integer, crashes = crashes + (state = 'running')::integer,
        state = 'running', claims = claims + 1, due_ms = $2, set_ms = $1, holder = $3
    WHERE id = (
        SELECT id FROM jobs WHERE state IN ('queued', 'running') AND due_ms <= $1
        ORDER BY turn, number LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id, key, claims, attempt, crashes, payload";

/// Returns when the next job is due, and the latest time at which a due time was set.
pub const NEXT_DUE: &str = "
    SELECT
        (SELECT min(due_ms) FROM jobs WHERE state IN ('queued', 'running')) AS due_ms,
        (SELECT max(set_ms) FROM jobs WHERE state IN ('queued', 'running')) AS set_ms";

/// $1 now. A job that others change right now gets its time from them.
pub const SET_BACK: &str = "
    UPDATE jobs SET due_ms = $1 + greatest(due_ms - set_ms, 0), set_ms = $1
    WHERE id = ANY (ARRAY(
        SELECT id FROM jobs WHERE state IN ('queued', 'running') AND set_ms > $1 FOR UPDATE SKIP LOCKED
    ))";

/// $1 id, $2 token, $3 now, $4 end of the lease.
pub const EXTEND: &str = "
    UPDATE jobs SET due_ms = $4, set_ms = $3
    WHERE id = $1 AND claims = $2 AND state = 'running'";

/// $1 the holder of the leases, $2 now, $3 the number of crashes that this counts as.
pub const RELEASE: &str = "
    UPDATE jobs
    SET state = 'queued', attempt = greatest(attempt - 1, 0), crashes = crashes + $3, holder = NULL,
        due_ms = least(enqueued_ms, $2), set_ms = least(enqueued_ms, $2)
    WHERE id = ANY (ARRAY(
        SELECT id FROM jobs WHERE state = 'running' AND holder = $1 ORDER BY number FOR UPDATE
    ))";

/// $1 id, $2 token, $3 state, $4 when it was completed, or null, $5 when it is due, or null for no change, $6 what went
/// wrong, or null for no change, $7 now, $8 whether it was postponed.
pub const COMPLETE: &str = "
    UPDATE jobs
    SET state = $3, completed_ms = $4, due_ms = coalesce($5, due_ms), error = coalesce($6, error),
        payload = CASE WHEN $3 = 'done' THEN '' ELSE payload END,
        crashes = CASE WHEN $3 = 'dead' OR $8 THEN crashes ELSE 0 END,
        attempt = attempt - $8::integer, set_ms = $7, holder = NULL
    WHERE id = $1 AND claims = $2 AND state = 'running'
    RETURNING key";

/// $1 id, $2 token, $3 state.
pub const COMPLETED_BEFORE: &str = "
    SELECT key FROM jobs
    WHERE id = $1 AND claims = $2 AND state = $3
        AND NOT (state = 'queued' AND due_ms = set_ms AND due_ms <= enqueued_ms)";

/// $1 key.
pub const LATEST: &str = "
    SELECT id, state, attempt, coalesce(completed_ms, enqueued_ms) AS since_ms FROM jobs
    WHERE key = $1
    ORDER BY state IN ('queued', 'running') DESC, enqueued_ms DESC, number DESC LIMIT 1";

/// $1 keys. Returns a row for each, in their order, without an id if the key has no job.
pub const NEWEST: &str = "
    SELECT newest.* FROM unnest($1::bytea[]) WITH ORDINALITY AS wanted (key, place)
    LEFT JOIN LATERAL (
        SELECT id, state, attempt, coalesce(completed_ms, enqueued_ms) AS since_ms FROM jobs
        WHERE jobs.key = wanted.key
        ORDER BY state IN ('queued', 'running') DESC, enqueued_ms DESC, number DESC LIMIT 1
    ) AS newest ON true
    ORDER BY place";

/// $1 queue.
pub const STATS: &str = "
    SELECT
        count(*) FILTER (WHERE state = 'queued') AS queued,
        count(*) FILTER (WHERE state = 'running') AS running,
        (SELECT count(*) FROM jobs WHERE queue = $1 AND state = 'dead') AS dead,
        min(enqueued_ms) AS oldest_ms
    FROM jobs WHERE queue = $1 AND state IN ('queued', 'running')";

/// $1 state, or null, $2 queue, or null, $3 limit.
pub const LIST: &str = "
    SELECT * FROM jobs WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR queue = $2)
    ORDER BY enqueued_ms DESC, number DESC LIMIT $3";

/// $1 id.
pub const SHOW: &str = "SELECT * FROM jobs WHERE id = $1";

/// The parameters are those for `SQLite`.
pub const IMPORT: &str = "
    INSERT INTO jobs (
        id, key, queue, state, attempt, crashes, claims, enqueued_ms, due_ms, set_ms, completed_ms, turn, error, payload
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT DO NOTHING";

/// $1 id, $2 now. Violates the unique index if a live job of the key is enqueued at the same moment.
pub const REQUEUE: &str = "
    UPDATE jobs
    SET state = 'queued', attempt = 0, crashes = 0, enqueued_ms = $2, due_ms = $2, set_ms = $2, completed_ms = NULL
    WHERE id = $1 AND state = 'dead' AND NOT EXISTS (
        SELECT 1 FROM jobs AS live WHERE live.key = jobs.key AND live.state IN ('queued', 'running')
    )";

/// $1 queues.
pub const ADOPT: &str = "
    WITH stray AS MATERIALIZED (
        SELECT id, number FROM jobs
        WHERE state IN ('queued', 'running') AND queue <> ALL ($1) AND cardinality($1) > 0
        ORDER BY number FOR UPDATE
    ), placed AS (
        SELECT id, row_number() OVER (ORDER BY number) - 1 AS place FROM stray
    )
    UPDATE jobs SET queue = ($1)[1 + placed.place % cardinality($1)]
    FROM placed WHERE jobs.id = placed.id";

/// $1 id, $2 now, $3 reason.
pub const BURY: &str = "
    UPDATE jobs SET state = 'dead', completed_ms = $2, error = $3, set_ms = $2, holder = NULL
    WHERE id = $1 AND state IN ('queued', 'running')";

/// $1 the time before which jobs were done, $2 limit.
pub const PRUNE_DONE: &str = "
    DELETE FROM jobs WHERE id = ANY (ARRAY(
        SELECT id FROM jobs WHERE state = 'done' AND completed_ms < $1
        ORDER BY completed_ms LIMIT $2 FOR UPDATE SKIP LOCKED
    ))";

/// $1 the time before which jobs died, $2 limit.
pub const PRUNE_DEAD: &str = "
    DELETE FROM jobs WHERE id = ANY (ARRAY(
        SELECT id FROM jobs WHERE state = 'dead' AND completed_ms < $1
        ORDER BY completed_ms LIMIT $2 FOR UPDATE SKIP LOCKED
    ))";

/// $1 the first key, $2 the key that ends the range and is not in it, $3 limit. Queues do not matter, not even removed
/// ones: a job is deleted from any queue.
pub const DELETE: &str = "
    DELETE FROM jobs WHERE id = ANY (ARRAY(
        SELECT id FROM jobs WHERE key >= $1 AND key < $2 ORDER BY number LIMIT $3 FOR UPDATE
    ))";
