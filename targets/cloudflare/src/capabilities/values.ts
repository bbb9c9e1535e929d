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
    const start = this.#within(offset);
    return this.bytes.subarray(start, start + limit);
  }

  framed(head: Uint8Array, tail: Uint8Array): Value {
    const joined = new Uint8Array(head.length + this.bytes.length + tail.length);
    joined.set(head);
    joined.set(this.bytes, head.length);
    joined.set(tail, head.length + this.bytes.length);
    return new Value(joined);
  }

  slice(offset: bigint, size: bigint): Value {
    const start = this.#within(offset);
    return new Value(this.bytes.subarray(start, this.#within(BigInt(start) + size)));
  }

  #within(offset: bigint): number {
    return offset < this.size() ? Number(offset) : this.bytes.length;
  }
}

export const values: StorefrontImports['wandstore:capabilities/values'] = { Value };

/** Returns the bytes of a value that a component passed back. Only this class makes such values. */
export function bytesOf(value: { size(): bigint }): Uint8Array {
  return (value as Value).bytes;
}
