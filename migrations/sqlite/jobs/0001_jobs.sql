-- Every job that was accepted and not yet forgotten. Times are milliseconds since the epoch.
CREATE TABLE jobs (
    number     INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    key        TEXT NOT NULL,
    lane       TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
    -- Claims since the job was offered or requeued.
    attempt    INTEGER NOT NULL DEFAULT 0,
    -- Claims in all, which never shrinks: the token of the newest claim.
    claims     INTEGER NOT NULL DEFAULT 0,
    offered_ms INTEGER NOT NULL,
    -- When it may be claimed: while it runs, when its lease ends.
    due_ms     INTEGER NOT NULL,
    settled_ms INTEGER,
    -- What went wrong last.
    error      TEXT,
    payload    BLOB NOT NULL,
    CHECK ((settled_ms IS NULL) = (state IN ('queued', 'running')))
) STRICT;

-- Of live jobs there is at most one per key.
CREATE UNIQUE INDEX jobs_live_by_key ON jobs (key) WHERE state IN ('queued', 'running');

-- What a claim looks through, in its order.
CREATE INDEX jobs_live_by_lane ON jobs (lane, due_ms) WHERE state IN ('queued', 'running');

CREATE INDEX jobs_by_key ON jobs (key);

CREATE INDEX jobs_dead_by_lane ON jobs (lane) WHERE state = 'dead';

CREATE INDEX jobs_done_by_time ON jobs (settled_ms) WHERE state = 'done';
