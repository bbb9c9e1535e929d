//! `blob`: R2.

import type { Scope } from '../component/scope.ts';
import { Refusal, orUnavailable } from '../component/refusal.ts';
import type { StorefrontImports } from '../component/storefront.ts';
import { BUCKETS } from '../env.ts';
import { Value, bytesOf } from './values.ts';

type Blob = StorefrontImports['wandstore:capabilities/blob'];

/** The maximum size of an object, the same as on every other host. */
const OBJECT_BYTES_MAX = 8 << 20;

export function blob(scope: () => Scope): Blob {
  const bucket = (name: string): R2Bucket => {
    const known = BUCKETS.find((known) => known === name);
    if (!known) throw new Refusal({ tag: 'no-such-bucket' });
    return scope().env[known];
  };
  return {
    get: (name, key, peek) =>
      orUnavailable(async () => {
        const object = await bucket(name).get(key);
        if (!object) return undefined;
        const bytes = new Uint8Array(await object.arrayBuffer());
        return { value: new Value(bytes), head: bytes.subarray(0, peek) };
      }),
    put: (name, key, value) =>
      orUnavailable(async () => {
        const bytes = bytesOf(value);
        if (bytes.length > OBJECT_BYTES_MAX) throw new Refusal({ tag: 'too-large', val: BigInt(OBJECT_BYTES_MAX) });
        await bucket(name).put(key, bytes, { httpMetadata: { contentType: contentType(key) } });
      }),
    delete: (name, key) => orUnavailable(() => bucket(name).delete(key)),
    // R2 deletes up to a thousand objects per call, and no caller passes more.
    deleteMany: (name, keys) =>
      orUnavailable(async () => {
        if (keys.length > 0) await bucket(name).delete(keys);
      }),
    listKeys: (name, prefix, after, limit) =>
      orUnavailable(async () => {
        const keys: string[] = [];
        let startAfter = after;
        while (keys.length < limit) {
          const page = await bucket(name).list({
            prefix,
            limit: Math.min(limit - keys.length, 1000),
            ...(startAfter === undefined ? {} : { startAfter }),
          });
          keys.push(...page.objects.map((object) => object.key));
          if (!page.truncated || page.objects.length === 0) break;
          startAfter = keys.at(-1);
        }
        return keys;
      }),
  };
}

/** The content type of an object, for people who inspect the bucket with other tools. */
function contentType(key: string): string {
  return key.endsWith('.html') ? 'text/html; charset=utf-8' : 'application/json';
}
