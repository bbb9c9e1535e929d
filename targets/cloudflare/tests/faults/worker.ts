//! The Worker as it is, over a platform that can be told to fail: `POST /faults` with a JSON object. What
//! is deployed is `src/worker.ts`, which knows nothing of this.

import worker, { AIGeneratorContainer as RealPoolMember, Keeper as RealKeeper } from '../../src/worker.ts';
import { KV_STORES, type Env, type KvStore } from '../../src/env.ts';

/** The faults. */
interface Faults {
  /** Objects cannot be read or written. */
  bucketDown: boolean;
  /** How many more times a member dies when it is about to store a page. */
  crashes: number;
  /** For how long Workers KV still says that a key is absent after it said so once; in a data centre it is 60 s. */
  absentMs: number;
}

const faults: Faults = { bucketDown: false, crashes: 0, absentMs: 0 };
/** Until when Workers KV says that a key is absent, by store and key. */
const absentUntil = new Map<string, number>();

export class Keeper extends RealKeeper {
  constructor(state: DurableObjectState, env: Env) {
    super(state, failing(env));
  }
}

export class AIGeneratorContainer extends RealPoolMember {
  constructor(state: DurableObjectState, env: Env) {
    super(state, failing(env, state));
  }
}

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === '/faults') {
      Object.assign(faults, await request.json());
      return Response.json(faults);
    }
    return worker.fetch(request, failing(env));
  },
} satisfies ExportedHandler<Env>;

function failing(env: Env, state?: DurableObjectState): Env {
  const stores = KV_STORES.map((store) => [store, forgetful(env[store], store)]);
  return { ...env, ...Object.fromEntries(stores), UI_STORAGE: failingBucket(env.UI_STORAGE, state) };
}

function failingBucket(bucket: R2Bucket, state?: DurableObjectState): R2Bucket {
  return replaced(bucket, (name, call) => {
    if (state && name === 'put' && faults.crashes > 0) {
      faults.crashes -= 1;
      state.abort('this member was told to die');
    }
    if (faults.bucketDown) throw new Error('this bucket was told to be down');
    return call();
  });
}

/** A namespace that repeats that a key is absent, as a data centre does, whatever was written meanwhile. */
function forgetful(namespace: KVNamespace, store: KvStore): KVNamespace {
  return replaced(namespace, async (name, call, [key]) => {
    if (faults.absentMs === 0 || !name.startsWith('get')) return call();
    const id = `${store} ${key}`;
    const absent = name === 'getWithMetadata' ? { value: null, metadata: null, cacheStatus: null } : null;
    if ((absentUntil.get(id) ?? 0) > Date.now()) return absent;
    const found = (await call()) as null | { value?: unknown };
    if (found === null || found.value === null) absentUntil.set(id, Date.now() + faults.absentMs);
    return found;
  });
}

/** A binding whose functions are called through `around`. */
function replaced<B extends object>(
  binding: B,
  around: (name: string, call: () => unknown, args: unknown[]) => unknown,
): B {
  return new Proxy(binding, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => around(String(name), () => Reflect.apply(member, target, args), args);
    },
  });
}
