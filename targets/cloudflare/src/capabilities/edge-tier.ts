//! The tier over `UI_CACHE`: this data centre's cache, trusted for a moment. Never for another store.

import { variable, type Env, type KvStore } from '../env.ts';
import { readEntry, versionOf, type Found } from './kv-entry.ts';

/** How long a copy is trusted, unless `EDGE_TRUST` says otherwise; 0 is not at all. */
const TRUST_SECONDS = 2;

const HEADER_VERSION = 'x-version';
const HEADER_EXPIRES = 'x-expires-ms';

/** What a key holds, by this data centre's copy or by Workers KV. */
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

/** After a write. Other data centres find out when they no longer trust their copy. */
export async function forgetAtEdge(store: KvStore, key: string): Promise<void> {
  if (store === 'UI_CACHE') await caches.default.delete(address(key)).catch(() => false);
}

function trustSeconds(env: Env): number {
  const set = Number(variable(env, 'EDGE_TRUST') ?? TRUST_SECONDS);
  return Number.isFinite(set) && set >= 0 ? Math.floor(set) : TRUST_SECONDS;
}

/** A cache that fails is a cache that misses. */
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

/** An address that no request from outside can have. */
function address(key: string): string {
  return `https://ui-cache.wandstore.invalid/${encodeURIComponent(key)}`;
}
