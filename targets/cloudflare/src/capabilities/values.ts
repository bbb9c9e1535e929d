//! `values`: bytes that stay out of the components' memory.

import type { StorefrontImports } from '../component/storefront.ts';

export class Value {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  size(): bigint {
    return BigInt(this.bytes.length);
  }

  read(offset: bigint, limit: number): Uint8Array {
    const start = offset < this.size() ? Number(offset) : this.bytes.length;
    return this.bytes.subarray(start, start + limit);
  }

  prefixed(head: Uint8Array): Value {
    const joined = new Uint8Array(head.length + this.bytes.length);
    joined.set(head);
    joined.set(this.bytes, head.length);
    return new Value(joined);
  }
}

export const values: StorefrontImports['wandstore:capabilities/values'] = { Value };

/** The bytes of a value that a component handed back: it can have been made by no other class. */
export function bytesOf(value: { size(): bigint }): Uint8Array {
  return (value as Value).bytes;
}
