-- The columns have the names of the queue's operations: each pool member has a queue, in which jobs are enqueued and
-- completed.
ALTER TABLE jobs RENAME COLUMN lane TO queue;
ALTER TABLE jobs RENAME COLUMN offered_ms TO enqueued_ms;
ALTER TABLE jobs RENAME COLUMN settled_ms TO completed_ms;
