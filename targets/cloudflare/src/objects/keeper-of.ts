//! Maps keys to keepers.

import type { Env, KvStore } from '../env.ts';
import type { Keeper } from './keeper.ts';

/** The number of keepers; each handles about a thousand writes a second. It never changes: a key keeps its keeper. */
const KEEPERS = 16;

export function keeperOf(env: Env, store: KvStore, key: string): DurableObjectStub<Keeper> {
  return keeper(env, numberOf(store, key));
}

/** Returns the keepers of many keys, each with its share of the keys. */
export function keepersOf(
  env: Env,
  store: KvStore,
  keys: readonly string[],
): Map<DurableObjectStub<Keeper>, string[]> {
  const shares = Map.groupBy(keys, (key) => numberOf(store, key));
  return new Map([...shares].map(([number, share]) => [keeper(env, number), share]));
}

/** Returns all keepers. */
export function keepers(env: Env): DurableObjectStub<Keeper>[] {
  return Array.from({ length: KEEPERS }, (_, number) => keeper(env, number));
}

/** Returns the keeper of the counters of strangers. */
export function keeperOfCounters(env: Env): DurableObjectStub<Keeper> {
  return env.KEEPER.get(env.KEEPER.idFromName('counters'));
}

function keeper(env: Env, number: number): DurableObjectStub<Keeper> {
  return env.KEEPER.get(env.KEEPER.idFromName(`keeper-${number}`));
}

function numberOf(store: KvStore, key: string): number {
  return fnv1a(`${store}\n${key}`) % KEEPERS;
}

/** Returns the 32-bit FNV-1a hash (RFC 9923). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
