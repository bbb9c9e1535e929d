-- A lease names the process that holds it, where the host knows its processes.
ALTER TABLE jobs ADD COLUMN holder TEXT;

-- How many of the job's claims in a row ended without a word: its process died, or its lease ran out.
ALTER TABLE jobs ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;

-- What the clock read when due_ms was set. A clock that reads less was set back since.
ALTER TABLE jobs ADD COLUMN set_ms INTEGER NOT NULL DEFAULT 0;

-- What a claim looks through, in its order.
CREATE INDEX jobs_live_by_due ON jobs (due_ms) WHERE state IN ('queued', 'running');

CREATE INDEX jobs_live_by_set ON jobs (set_ms) WHERE state IN ('queued', 'running');

CREATE INDEX jobs_running_by_holder ON jobs (holder) WHERE state = 'running';
