//! `kv`: reads come from Workers KV, and the keepers decide every write (`objects/keeper.ts`).
//!
//! Workers KV is eventually consistent. Where that matters, the keeper is read instead: always for sessions, for a
//! key for which this call lost a compare-and-swap, and for all keys during a job, for which nobody waits. So a job
//! stores no page of a shopper who was just redacted, and none with a price that has just changed.

import type { Scope } from '../component/scope.ts';
import { Refusal, orUnavailable, unwrap, type Answered } from '../component/refusal.ts';
import type { StorefrontImports } from '../component/storefront.ts';
import { KV_STORES, type KvStore } from '../env.ts';
import { keeperOf, keepers, keepersOf } from '../objects/keeper-of.ts';
import { deleteAtEdge, readAtEdge } from './edge-tier.ts';
import { isReadFromKeeper, readEntry, VERSION_OF_OLD, type Found, type Mark } from './kv-entry.ts';
import { Value, bytesOf } from './values.ts';

const encoder = new TextEncoder();

type Kv = StorefrontImports['wandstore:capabilities/kv'];

export function kv(scope: () => Scope): Kv {
  return {
    get: (name, key, peek) =>
      orUnavailable(async () => {
        const found = await read(scope(), store(name), key);
        return found && { value: new Value(found.bytes), head: found.bytes.subarray(0, peek), version: found.version };
      }),
    set: (name, key, value, ttlSeconds) =>
      orUnavailable(() => {
        const change = changeOf(scope(), store(name), key);
        return change((keeper, store) => keeper.set(store, key, bytesOf(value), ttlSeconds));
      }),
    compareAndSwap: (name, key, expected, value, ttlSeconds) =>
      orUnavailable(async () => {
        const current = scope();
        const change = changeOf(current, store(name), key);
        const swap = await change((keeper, store) =>
          keeper.compareAndSwap(store, key, expected, bytesOf(value), ttlSeconds),
        );
        if (swap.tag === 'lost') current.contested.add(`${name} ${key}`);
        return swap;
      }),
    delete: (name, key) =>
      orUnavailable(async () => {
        const current = scope();
        const held = await changeOf(current, store(name), key)((keeper, store) => keeper.delete(store, key));
        current.gone.add(`${name} ${key}`);
        return held;
      }),
    deleteMany: (name, keys) => orUnavailable(() => deleteMany(scope(), store(name), keys)),
    listKeys: (name, prefix, after, limit) =>
      orUnavailable(() => list(scope(), store(name), { prefix, after, limit })),
  };
}

function store(name: string): KvStore {
  const known = KV_STORES.find((known) => known === name);
  if (!known) throw new Refusal({ tag: 'no-such-store' });
  return known;
}

async function read(scope: Scope, store: KvStore, key: string): Promise<Found | undefined> {
  const isDecided = scope.exact || isReadFromKeeper(store) || scope.contested.has(`${store} ${key}`);
  if (!isDecided) return readAtEdge(scope.env, store, key);
  const kept = unwrap(await keeperOf(scope.env, store, key).get(store, key));
  return kept ?? (scope.exact ? readOld(scope, store, key) : undefined);
}

/** Reads an entry that was written before there were keepers. */
async function readOld({ env, gone }: Scope, store: KvStore, key: string): Promise<Found | undefined> {
  const entry = gone.has(`${store} ${key}`) ? undefined : await readEntry(env[store], key);
  return entry && !entry.mark ? { bytes: entry.bytes, version: VERSION_OF_OLD } : undefined;
}

/** Writes a key, and then drops this isolate's copy. */
function changeOf(scope: Scope, store: KvStore, key: string) {
  return async <T>(
    write: (keeper: ReturnType<typeof keeperOf>, store: KvStore) => Promise<Answered<T>>,
  ): Promise<T> => {
    try {
      return unwrap(await write(keeperOf(scope.env, store, key), store));
    } finally {
      deleteAtEdge(store, key);
    }
  };
}

/** Deletes keys with one call per keeper. */
async function deleteMany(scope: Scope, store: KvStore, keys: string[]): Promise<number> {
  const shares = [...keepersOf(scope.env, store, keys)].map(async ([keeper, share]) => {
    try {
      return unwrap(await keeper.deleteMany(store, share));
    } finally {
      for (const key of share) deleteAtEdge(store, key);
    }
  });
  const removed = await Promise.all(shares);
  for (const key of keys) scope.gone.add(`${store} ${key}`);
  return removed.reduce((sum, count) => sum + count, 0);
}

/** A range of keys to list. */
interface Range {
  prefix: string;
  after: string | undefined;
  limit: number;
}

/**
 * Lists keys. The keepers know every key that was written through them, and are always up to date. Only
 * Workers KV knows the keys of the original deployment.
 */
async function list(scope: Scope, store: KvStore, range: Range): Promise<string[]> {
  const { prefix, after, limit } = range;
  const shares = keepers(scope.env).map(async (keeper) => unwrap(await keeper.listKeys(store, prefix, after, limit)));
  const kept = (await Promise.all(shares)).flat().sort(byBytes).slice(0, limit);
  const old = await listOld(scope, store, range, kept.length < limit ? undefined : kept.at(-1));
  return [...new Set([...kept, ...old])].sort(byBytes).slice(0, limit);
}

/** Lists keys without metadata, written before there were keepers, up to `last`. */
async function listOld({ env, gone }: Scope, store: KvStore, range: Range, last?: string): Promise<string[]> {
  const { prefix, after, limit } = range;
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page: KVNamespaceListResult<Mark> = await env[store].list<Mark>({ prefix, ...(cursor ? { cursor } : {}) });
    for (const { name, metadata } of page.keys) {
      const isOld = !metadata && !gone.has(`${store} ${name}`);
      if (isOld && (after === undefined || byBytes(name, after) > 0)) keys.push(name);
    }
    const reached = page.keys.at(-1)?.name;
    const isPast = last !== undefined && reached !== undefined && byBytes(reached, last) > 0;
    cursor = page.list_complete || isPast ? undefined : page.cursor;
  } while (cursor && keys.length < limit);
  return keys.slice(0, limit);
}

/** Compares keys by their UTF-8 bytes, whose order differs from that of JavaScript strings. */
function byBytes(one: string, other: string): number {
  const [first, second] = [encoder.encode(one), encoder.encode(other)];
  const at = first.findIndex((byte, index) => byte !== second[index]);
  return at === -1 ? first.length - second.length : (first[at] ?? 0) - (second[at] ?? -1);
}
