//! The cache tier over `UI_CACHE`: this data centre's cache, trusted briefly. Other stores have no such tier.

import { variable, type Env, type KvStore } from '../env.ts';
import { readEntry, versionOf, type Found } from './kv-entry.ts';

/** How long a copy is trusted, unless `EDGE_TRUST` says otherwise; 0 disables the tier. */
const TRUST_SECONDS = 2;

const HEADER_VERSION = 'x-version';
const HEADER_EXPIRES = 'x-expires-ms';

/** Returns what a key holds, from this data centre's copy or from Workers KV. */
export async function readAtEdge(env: Env, store: KvStore, key: string): Promise<Found | undefined> {
  const trust = store === 'UI_CACHE' ? trustSeconds(env) : 0;
  const known = trust > 0 ? await copyOf(key) : undefined;
  if (known) return known;
  const entry = await readEntry(env[store], key);
  if (!entry) return undefined;
  const found = { bytes: entry.bytes, version: versionOf(entry.mark) };
  if (trust > 0) await keep(key, found, entry.mark?.expires_ms, trust);
  return found;
}

/** Drops the copy after a write. Other data centres see the write once their own copy is no longer trusted. */
export async function deleteAtEdge(store: KvStore, key: string): Promise<void> {
  if (store === 'UI_CACHE') await caches.default.delete(address(key)).catch(() => false);
}

function trustSeconds(env: Env): number {
  const set = Number(variable(env, 'EDGE_TRUST') ?? TRUST_SECONDS);
  return Number.isFinite(set) && set >= 0 ? Math.floor(set) : TRUST_SECONDS;
}

/** Returns the copy of a key. A cache failure counts as a miss. */
async function copyOf(key: string): Promise<Found | undefined> {
  const copy = await caches.default.match(address(key)).catch(() => undefined);
  const version = copy?.headers.get(HEADER_VERSION);
  const expires = copy?.headers.get(HEADER_EXPIRES);
  if (!copy || !version || (expires && Number(expires) <= Date.now())) return undefined;
  return { bytes: new Uint8Array(await copy.arrayBuffer()), version: BigInt(version) };
}

async function keep(key: string, { bytes, version }: Found, expiresMs: number | undefined, trust: number) {
  const headers = new Headers({ 'cache-control': `max-age=${trust}`, [HEADER_VERSION]: String(version) });
  if (expiresMs !== undefined) headers.set(HEADER_EXPIRES, String(expiresMs));
  await caches.default.put(address(key), new Response(bytes, { headers })).catch(() => undefined);
}

/** Returns a cache address that no outside request can have. */
function address(key: string): string {
  return `https://ui-cache.wandstore.invalid/${encodeURIComponent(key)}`;
}
