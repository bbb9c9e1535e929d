-- The order in which due jobs are claimed. Owners take turns: a job's turn comes after those of its owner's live jobs.
ALTER TABLE jobs ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;

CREATE INDEX jobs_live_by_turn ON jobs (turn) WHERE state IN ('queued', 'running');

CREATE INDEX jobs_dead_by_time ON jobs (completed_ms) WHERE state = 'dead';
