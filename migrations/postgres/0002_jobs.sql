-- Every job that was accepted and not yet forgotten. Times are milliseconds since the epoch. The columns mean what they
-- mean in SQLite (migrations/sqlite/jobs).
CREATE TABLE jobs (
    id           text COLLATE "C" PRIMARY KEY,
    -- The order of acceptance.
    number       bigint GENERATED ALWAYS AS IDENTITY,
    key          bytea NOT NULL,
    queue        text COLLATE "C" NOT NULL,
    state        text COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
    attempt      integer NOT NULL DEFAULT 0,
    crashes      integer NOT NULL DEFAULT 0,
    -- Claims in all, which never shrinks: the token of the newest claim.
    claims       bigint NOT NULL DEFAULT 0,
    holder       text COLLATE "C",
    enqueued_ms  bigint NOT NULL,
    due_ms       bigint NOT NULL,
    set_ms       bigint NOT NULL,
    completed_ms bigint,
    turn         bigint NOT NULL,
    error        text,
    payload      bytea NOT NULL,
    CHECK ((completed_ms IS NULL) = (state IN ('queued', 'running')))
)
-- Each job is updated a few times and then deleted. Claims read past the rows that are left of that, so they must not
-- wait for vacuum for long.
WITH (autovacuum_vacuum_scale_factor = 0.02);

-- Of live jobs there is at most one per key.
CREATE UNIQUE INDEX jobs_live_by_key ON jobs (key) WHERE state IN ('queued', 'running');

CREATE INDEX jobs_live_by_queue ON jobs (queue, key) WHERE state IN ('queued', 'running');

-- What a claim looks through, in its order.
CREATE INDEX jobs_live_by_turn ON jobs (turn, number) WHERE state IN ('queued', 'running');

CREATE INDEX jobs_live_by_due ON jobs (due_ms) WHERE state IN ('queued', 'running');

CREATE INDEX jobs_live_by_set ON jobs (set_ms) WHERE state IN ('queued', 'running');

CREATE INDEX jobs_running_by_turn ON jobs (turn) WHERE state = 'running';

CREATE INDEX jobs_running_by_holder ON jobs (holder) WHERE state = 'running';

CREATE INDEX jobs_by_key ON jobs (key);

CREATE INDEX jobs_dead_by_queue ON jobs (queue) WHERE state = 'dead';

CREATE INDEX jobs_done_by_time ON jobs (completed_ms) WHERE state = 'done';

CREATE INDEX jobs_dead_by_time ON jobs (completed_ms) WHERE state = 'dead';

-- Whether a queue has room for a job of this owner: see `NewJob::fits` in crates/model/src/jobs.rs.
CREATE FUNCTION queue_has_room(
    wanted text, depth_max bigint, reserve bigint, owner_start bytea, owner_end bytea
) RETURNS boolean LANGUAGE sql AS $$
    SELECT live < depth_max OR live < 2 * depth_max AND reserve > (
        SELECT count(*) FROM jobs
        WHERE queue = wanted AND key >= owner_start AND key < owner_end AND state IN ('queued', 'running')
    )
    FROM (SELECT count(*) AS live FROM jobs WHERE queue = wanted AND state IN ('queued', 'running')) AS counted
$$;

-- Queues a job in the first queue that has room, and returns its id and queue, or the id of the key's live job. Returns
-- nothing if every queue is full. Returns a row without an id if another job took the last place meanwhile: try again,
-- in a new transaction.
--
-- The jobs that enter a queue do so one after the other: each waits for a lock on the queue, and counts again in a
-- statement of its own, which sees what was committed before. Jobs of other queues do not wait. A transaction locks one
-- queue only, so no two can wait for each other.
CREATE FUNCTION enqueue_job(
    new_id text, new_key bytea, new_payload bytea, now_ms bigint, queues text[], depth_max bigint, reserve bigint,
    owner_start bytea, owner_end bytea
) RETURNS TABLE (id text, queue text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    candidate text;
BEGIN
    FOREACH candidate IN ARRAY queues LOOP
        CONTINUE WHEN NOT queue_has_room(candidate, depth_max, reserve, owner_start, owner_end);
        PERFORM pg_advisory_xact_lock('jobs'::regclass::oid::integer, hashtext(candidate));
        IF queue_has_room(candidate, depth_max, reserve, owner_start, owner_end) THEN
            INSERT INTO jobs (id, key, queue, state, payload, enqueued_ms, due_ms, set_ms, turn)
            VALUES (new_id, new_key, candidate, 'queued', new_payload, now_ms, now_ms, now_ms, 1 + greatest(
                coalesce(
                    (SELECT max(turn) FROM jobs WHERE state = 'running'),
                    (SELECT min(turn) FROM jobs WHERE state IN ('queued', 'running')),
                    0
                ),
                (
                    SELECT max(turn) FROM jobs
                    WHERE key >= owner_start AND key < owner_end AND state IN ('queued', 'running')
                )
            ))
            ON CONFLICT (key) WHERE state IN ('queued', 'running') DO NOTHING;
            IF FOUND THEN
                RETURN QUERY SELECT new_id, candidate;
                RETURN;
            END IF;
            RETURN QUERY SELECT id, queue FROM jobs WHERE key = new_key AND state IN ('queued', 'running');
            IF FOUND THEN
                RETURN;
            END IF;
        END IF;
        RETURN QUERY SELECT NULL::text, candidate;
        RETURN;
    END LOOP;
END
$$;
