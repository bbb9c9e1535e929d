//! The deployment's bindings: see `wrangler.jsonc`; the README describes each of them.

import type { Keeper } from './objects/keeper.ts';
import type { PoolMember } from './objects/pool-member.ts';

/** The stores that components know by name. */
export const KV_STORES = ['UI_CACHE', 'GENERATION_QUEUE', 'SHOPPER_SESSIONS'] as const;
export type KvStore = (typeof KV_STORES)[number];

/** The buckets that components know by name. */
export const BUCKETS = ['UI_STORAGE'] as const;
export type Bucket = (typeof BUCKETS)[number];

export interface Env extends Record<KvStore, KVNamespace>, Record<Bucket, R2Bucket> {
  AI_GENERATOR: DurableObjectNamespace<PoolMember>;
  KEEPER: DurableObjectNamespace<Keeper>;
  ASSETS: Fetcher;
}

/** Returns a variable or secret; `undefined` if it is not set or empty. */
export function variable(env: Env, name: string): string | undefined {
  const value: unknown = Reflect.get(env, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
