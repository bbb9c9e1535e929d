//! What an entry of Workers KV says about itself.

import type { KvStore } from '../env.ts';

/** What a key holds. */
export interface Found {
  bytes: Uint8Array;
  version: bigint;
}

/** Metadata beside a value. What the original deployment left has none. */
export interface Mark {
  /** The version that the keeper gave it. */
  version: number;
  /** When it really expires; Workers KV itself rounds up to a minute. Absent for never. */
  expires_ms?: number;
}

/** The version of what was written before there were keepers. */
export const VERSION_OF_OLD = 0n;

/** An entry with what is known about it; `undefined` if there is none or it has expired. */
export async function readEntry(
  namespace: KVNamespace,
  key: string,
): Promise<{ bytes: Uint8Array; mark: Mark | null } | undefined> {
  const { value, metadata } = await namespace.getWithMetadata<Mark>(key, 'arrayBuffer');
  if (value === null || (metadata?.expires_ms !== undefined && metadata.expires_ms <= Date.now())) return undefined;
  return { bytes: new Uint8Array(value), mark: metadata };
}

/** The version that a compare-and-swap expects of an entry. */
export function versionOf(mark: Mark | null): bigint {
  return mark ? BigInt(mark.version) : VERSION_OF_OLD;
}

/** Whether a store is read where writes are decided, so that its copy in Workers KV is for others only. */
export function isReadFromKeeper(store: KvStore): boolean {
  return store === 'SHOPPER_SESSIONS';
}
