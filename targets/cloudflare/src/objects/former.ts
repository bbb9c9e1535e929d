//! What the original deployment left in the storage of its objects, which are now members of the pool.
//!
//! Its keys and tables stay, for a return to it. Only a table with a name that this deployment needs is renamed.

/** The storage key that says that an object's storage was looked through. */
const SEEN = 'wandstore:seen';
/** The prefix of a renamed table. */
const ASIDE = 'former_';

/** The tables of a member: those of the storage adapter (`migrations/sqlite`), and that of `forwarding.ts`. */
const TABLES = ['entries', 'forwarded', 'jobs', 'objects', 'wandstore_migrations'];

/**
 * Renames tables and drops indexes that another deployment left under names of ours, before an object is used for the
 * first time. An index has no data, and its name starts with that of its table.
 */
export function setAside({ kv, sql }: DurableObjectStorage): void {
  if (kv.get(SEEN) !== undefined) return;
  const indexes = named(sql, 'index').filter((name) => TABLES.some((table) => name.startsWith(`${table}_`)));
  for (const name of indexes) sql.exec(`DROP INDEX "${name}"`);
  const tables = named(sql, 'table').filter((name) => TABLES.includes(name));
  for (const name of tables) sql.exec(`ALTER TABLE "${name}" RENAME TO "${ASIDE}${name}"`);
  kv.put(SEEN, true);
}

/** Returns the names of all tables or indexes, without those that SQLite made by itself. */
function named(sql: SqlStorage, type: 'table' | 'index'): string[] {
  const query = 'SELECT name FROM sqlite_master WHERE type = ?1 AND sql IS NOT NULL';
  return sql.exec<{ name: string }>(query, type).toArray().map(({ name }) => name);
}
