//! Which keys have their newest job with another member, because this one, their home, was full.

import type { Keys } from '../capabilities/jobs.ts';

/** A note is kept for so long after the last forwarding; no job lives for a tenth of that. */
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

  /** The lane that a key's newest job was last offered to, if it is not our own. */
  laneOf(key: string): string | undefined {
    return this.#sql.exec<{ lane: string }>('SELECT lane FROM forwarded WHERE key = ?1', key).toArray()[0]?.lane;
  }

  /** Notes where a job is about to go. Storage is durable before the job leaves this object. */
  note(key: string, lane: string, nowMs: number): void {
    this.#sql.exec('DELETE FROM forwarded WHERE at_ms < ?1', nowMs - KEEP_MS);
    this.#sql.exec(
      'INSERT INTO forwarded (key, lane, at_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET lane = ?2, at_ms = ?3',
      key,
      lane,
      nowMs,
    );
  }

  /** Where the jobs of these keys went is not to be known any more. */
  forgetAll({ tag, val }: Keys): void {
    const which = tag === 'exactly' ? 'key = ?1' : 'substr(key, 1, length(?1)) = ?1';
    this.#sql.exec(`DELETE FROM forwarded WHERE ${which}`, val);
  }

  /** The key's newest job is ours again, or there is none. */
  forget(key: string): void {
    this.#sql.exec('DELETE FROM forwarded WHERE key = ?1', key);
  }
}
