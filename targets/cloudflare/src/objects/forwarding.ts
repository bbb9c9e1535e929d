//! Tracks keys whose newest job is with another member, because this member, their home, was full.

import type { Keys } from '../capabilities/jobs.ts';

/** How long a record is kept after the last forwarding; no job lives for a tenth of that time. */
const KEEP_MS = 30 * 24 * 60 * 60_000;

const TABLE = `
  CREATE TABLE IF NOT EXISTS forwarded (
    key   TEXT PRIMARY KEY,
    lane  TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS forwarded_by_time ON forwarded (at_ms)`;

export class Forwarding {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(TABLE);
  }

  /** Returns the queue that a key's newest job was last enqueued to, if it is another member's. */
  queueOf(key: string): string | undefined {
    return this.#sql.exec<{ lane: string }>('SELECT lane FROM forwarded WHERE key = ?1', key).toArray()[0]?.lane;
  }

  /** Records where a job is about to go. The record is durable before the job leaves this object. */
  note(key: string, queue: string, nowMs: number): void {
    this.#sql.exec('DELETE FROM forwarded WHERE at_ms < ?1', nowMs - KEEP_MS);
    this.#sql.exec(
      'INSERT INTO forwarded (key, lane, at_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET lane = ?2, at_ms = ?3',
      key,
      queue,
      nowMs,
    );
  }

  /** Removes the records of these keys. */
  deleteAll({ tag, val }: Keys): void {
    const which = tag === 'exactly' ? 'key = ?1' : 'substr(key, 1, length(?1)) = ?1';
    this.#sql.exec(`DELETE FROM forwarded WHERE ${which}`, val);
  }

  /** Removes a key's record, because its newest job is in this queue again, or there is none. */
  delete(key: string): void {
    this.#sql.exec('DELETE FROM forwarded WHERE key = ?1', key);
  }
}
