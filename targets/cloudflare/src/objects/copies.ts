//! Tracks which keys of a keeper have an outdated copy in Workers KV, and when each key expires.

import type { KvStore } from '../env.ts';

/** A copy that is due. */
export interface Copy {
  store: KvStore;
  key: string;
  /** When the key expires; null if it never does. */
  expiresMs: number | null;
  /** Changes with every write. If a write happens during a copy, the copy is still due. */
  turn: number;
}

type Row = { store: KvStore; key: string; expires_ms: number | null; turn: number };

const TABLE = `
  CREATE TABLE IF NOT EXISTS copies (
    store      TEXT NOT NULL,
    key        TEXT NOT NULL,
    expires_ms INTEGER,
    turn       INTEGER NOT NULL,
    pending    INTEGER NOT NULL,
    PRIMARY KEY (store, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS copies_pending ON copies (pending) WHERE pending = 1;
  CREATE INDEX IF NOT EXISTS copies_by_expiry ON copies (expires_ms) WHERE expires_ms IS NOT NULL`;

export class Copies {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(TABLE);
  }

  /** Records that a key was written or deleted. */
  note(store: KvStore, key: string, expiresMs: number | null): void {
    this.#sql.exec(
      `INSERT INTO copies (store, key, expires_ms, turn, pending) VALUES (?1, ?2, ?3, ?4, 1)
       ON CONFLICT DO UPDATE SET expires_ms = ?3, turn = ?4, pending = 1`,
      store,
      key,
      expiresMs,
      crypto.getRandomValues(new Uint32Array(1))[0],
    );
  }

  /** Returns the copy of a key, if it is due. */
  due(store: KvStore, key: string): Copy | undefined {
    const query = 'SELECT store, key, expires_ms, turn FROM copies WHERE store = ?1 AND key = ?2 AND pending = 1';
    return this.#sql.exec<Row>(query, store, key).toArray().map(copy)[0];
  }

  /** Records that a copy was made, and removes the record of a key that holds nothing. */
  made({ store, key, turn }: Copy, isHeld: boolean): void {
    const change = isHeld ? 'UPDATE copies SET pending = 0' : 'DELETE FROM copies';
    this.#sql.exec(`${change} WHERE store = ?1 AND key = ?2 AND turn = ?3`, store, key, turn);
  }

  /** Returns at most `limit` copies that are due. */
  pending(limit: number): Copy[] {
    const query = 'SELECT store, key, expires_ms, turn FROM copies WHERE pending = 1 LIMIT ?1';
    return this.#sql.exec<Row>(query, limit).toArray().map(copy);
  }

  /** Returns at most `limit` keys that have expired. */
  expired(nowMs: number, limit: number): Copy[] {
    const query = 'SELECT store, key, expires_ms, turn FROM copies WHERE expires_ms <= ?1 LIMIT ?2';
    return this.#sql.exec<Row>(query, nowMs, limit).toArray().map(copy);
  }

  /** Removes the record of a key that no longer holds anything. */
  delete(store: KvStore, key: string): void {
    this.#sql.exec('DELETE FROM copies WHERE store = ?1 AND key = ?2', store, key);
  }

  /** Returns whether no key can expire and no copy is due. */
  isEmpty(): boolean {
    const query = 'SELECT 1 FROM copies WHERE pending = 1 OR expires_ms IS NOT NULL LIMIT 1';
    return this.#sql.exec(query).toArray().length === 0;
  }
}

function copy({ store, key, expires_ms, turn }: Row): Copy {
  return { store, key, expiresMs: expires_ms, turn };
}
