//! The metadata of an entry in Workers KV.

import type { KvStore } from '../env.ts';

/** The entry of a key. */
export interface Found {
  bytes: Uint8Array;
  version: bigint;
}

/** The metadata of a value. Entries of the original deployment have none. */
export interface Mark {
  /** The version that the keeper assigned. */
  version: number;
  /** When it really expires; Workers KV itself rounds up to a minute. Absent if it never expires. */
  expires_ms?: number;
}

/** The version of entries that were written before there were keepers. */
export const VERSION_OF_OLD = 0n;

/** Reads an entry with its metadata; `undefined` if there is none or it has expired. */
export async function readEntry(
  namespace: KVNamespace,
  key: string,
): Promise<{ bytes: Uint8Array; mark: Mark | null } | undefined> {
  const { value, metadata } = await namespace.getWithMetadata<Mark>(key, 'arrayBuffer');
  if (value === null || (metadata?.expires_ms !== undefined && metadata.expires_ms <= Date.now())) return undefined;
  return { bytes: new Uint8Array(value), mark: metadata };
}

/** Returns the version that a compare-and-swap expects of an entry. */
export function versionOf(mark: Mark | null): bigint {
  return mark ? BigInt(mark.version) : VERSION_OF_OLD;
}

/** Returns whether a store is read from its keeper, so that its copy in Workers KV is only for other readers. */
export function isReadFromKeeper(store: KvStore): boolean {
  return store === 'SHOPPER_SESSIONS';
}
