//! `kv`: Workers KV for reading, and the keepers, which decide every write (`objects/keeper.ts`).
//!
//! Workers KV is eventually consistent. Where that would matter, the keeper is read instead: sessions
//! always, and a key for which this call lost a compare-and-swap.

import type { Scope } from '../component/scope.ts';
import { Refusal, orUnavailable, unwrap, type Answered } from '../component/refusal.ts';
import type { StorefrontImports } from '../component/storefront.ts';
import { KV_STORES, type KvStore } from '../env.ts';
import { keeperOf } from '../objects/keeper-of.ts';
import { forgetAtEdge, readAtEdge } from './edge-tier.ts';
import type { Found, Mark } from './kv-entry.ts';
import { Value, bytesOf } from './values.ts';

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
      orUnavailable(() => changeOf(scope(), store(name), key)((keeper, store) => keeper.delete(store, key))),
    listKeys: (name, prefix, after, limit) =>
      orUnavailable(() => list(scope().env[store(name)], prefix, after, limit)),
  };
}

function store(name: string): KvStore {
  const known = KV_STORES.find((known) => known === name);
  if (!known) throw new Refusal({ tag: 'no-such-store' });
  return known;
}

async function read(scope: Scope, store: KvStore, key: string): Promise<Found | undefined> {
  const behind = store === 'SHOPPER_SESSIONS' || scope.contested.has(`${store} ${key}`);
  if (behind) return unwrap(await keeperOf(scope.env, store, key).get(store, key));
  return readAtEdge(scope.env, store, key);
}

/** Writes a key; after that, this data centre's copy is not trusted any more. */
function changeOf(scope: Scope, store: KvStore, key: string) {
  return async <T>(
    write: (keeper: ReturnType<typeof keeperOf>, store: KvStore) => Promise<Answered<T>>,
  ): Promise<T> => {
    try {
      return unwrap(await write(keeperOf(scope.env, store, key), store));
    } finally {
      await forgetAtEdge(store, key);
    }
  };
}

async function list(
  namespace: KVNamespace,
  prefix: string,
  after: string | undefined,
  limit: number,
): Promise<string[]> {
  const keys: string[] = [];
  const now = Date.now();
  let cursor: string | undefined;
  do {
    const page: KVNamespaceListResult<Mark> = await namespace.list<Mark>({ prefix, ...(cursor ? { cursor } : {}) });
    for (const { name, metadata } of page.keys) {
      const isHeld = metadata?.expires_ms === undefined || metadata.expires_ms > now;
      if (isHeld && (after === undefined || name > after)) keys.push(name);
    }
    cursor = page.list_complete ? undefined : page.cursor;
  } while (cursor && keys.length < limit);
  return keys.slice(0, limit);
}
