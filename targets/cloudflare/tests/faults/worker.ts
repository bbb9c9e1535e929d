//! The Worker as it is, over a platform that can be told to fail: `POST /faults` with a JSON object. What
//! is deployed is `src/worker.ts`, which knows nothing of this.

import worker, { Keeper, PoolMember as RealPoolMember } from '../../src/worker.ts';
import type { Env } from '../../src/env.ts';

/** The faults. */
interface Faults {
  /** Objects cannot be read or written. */
  bucketDown: boolean;
  /** How many more times a member dies when it is about to store a page. */
  crashes: number;
}

const faults: Faults = { bucketDown: false, crashes: 0 };

export { Keeper };

export class PoolMember extends RealPoolMember {
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
  return { ...env, UI_STORAGE: failingBucket(env.UI_STORAGE, state) };
}

function failingBucket(bucket: R2Bucket, state?: DurableObjectState): R2Bucket {
  return new Proxy(bucket, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (state && name === 'put' && faults.crashes > 0) {
          faults.crashes -= 1;
          state.abort('this member was told to die');
        }
        if (faults.bucketDown) throw new Error('this bucket was told to be down');
        return Reflect.apply(member, target, args);
      };
    },
  });
}
