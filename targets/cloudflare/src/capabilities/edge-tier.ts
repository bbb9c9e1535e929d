//! The fastest tier over `UI_CACHE`: this isolate's memory, trusted briefly. Other stores have no such tier.
//!
//! It holds records of shops, which every request reads, and that a shop has none. It holds no pages: a page is read by
//! its own shopper, and rarely twice in two seconds, but often just after it was made elsewhere.

import { variable, type Env, type KvStore } from '../env.ts';
import { readEntry, versionOf, type Found } from './kv-entry.ts';

/** How long a copy is trusted, unless `EDGE_TRUST` says otherwise; 0 disables the tier. */
const TRUST_SECONDS = 2;
/** The prefix of the keys of pages. */
const PAGES = 'ui:';
/** Larger entries are not held. */
const BYTES_MAX = 1024;
/** The most entries that are held. When there are more, all are dropped. */
const COPIES_MAX = 2000;

interface Copy {
  found: Found | undefined;
  untilMs: number;
}

const copies = new Map<string, Copy>();

/** Returns what a key holds, from this isolate's copy or from Workers KV. */
export function readAtEdge(env: Env, store: KvStore, key: string): Found | undefined | Promise<Found | undefined> {
  const trustMs = mayHold(store, key) ? trustSeconds(env) * 1000 : 0;
  const copy = trustMs > 0 ? copies.get(key) : undefined;
  return copy && copy.untilMs > Date.now() ? copy.found : readThrough(env, store, key, trustMs);
}

/** Drops the copy after a write. Other isolates see the write once their own copy is no longer trusted. */
export function deleteAtEdge(store: KvStore, key: string): void {
  if (mayHold(store, key)) copies.delete(key);
}

async function readThrough(env: Env, store: KvStore, key: string, trustMs: number): Promise<Found | undefined> {
  const entry = await readEntry(env[store], key);
  const found = entry && { bytes: entry.bytes, version: versionOf(entry.mark) };
  if (trustMs > 0) hold(key, found, Math.min(Date.now() + trustMs, entry?.mark?.expires_ms ?? Infinity));
  return found;
}

function hold(key: string, found: Found | undefined, untilMs: number): void {
  if (found && found.bytes.length > BYTES_MAX) return;
  if (copies.size >= COPIES_MAX) copies.clear();
  copies.set(key, { found, untilMs });
}

function mayHold(store: KvStore, key: string): boolean {
  return store === 'UI_CACHE' && !key.startsWith(PAGES);
}

function trustSeconds(env: Env): number {
  const set = Number(variable(env, 'EDGE_TRUST') ?? TRUST_SECONDS);
  return Number.isFinite(set) && set >= 0 ? Math.floor(set) : TRUST_SECONDS;
}
