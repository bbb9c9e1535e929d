//! `jobs`: the jobs of the current call's scope. At the edge, the members of the pool keep them; inside a
//! member, its own storage does (`objects/pool-member.ts`).

import type { Scope } from '../component/scope.ts';
import { Refusal, orUnavailable, unwrap, type Answered } from '../component/refusal.ts';
import type { StorefrontImports } from '../component/storefront.ts';
import type { Env } from '../env.ts';
import type { PoolMember } from '../objects/pool-member.ts';

/** The `jobs` interface, as components see it. */
export type Jobs = StorefrontImports['wandstore:capabilities/jobs'];

export function jobs(scope: () => Scope): Jobs {
  return {
    enqueue: (job) => orUnavailable(async () => scope().jobs.enqueue(job)),
    claim: (nowMs, leaseMs) => orUnavailable(async () => scope().jobs.claim(nowMs, leaseMs)),
    extendLease: (id, token, nowMs, leaseMs) => orUnavailable(async () => scope().jobs.extendLease(id, token, nowMs, leaseMs)),
    complete: (id, token, nowMs, completion) =>
      orUnavailable(async () => scope().jobs.complete(id, token, nowMs, completion)),
    latest: (key, lanes) => orUnavailable(async () => scope().jobs.latest(key, lanes)),
    delete: (keys, lanes, limit) => orUnavailable(async () => scope().jobs.delete(keys, lanes, limit)),
    stats: (lane) => orUnavailable(async () => scope().jobs.stats(lane)),
  };
}

/** A selection of jobs by their keys. */
export type Keys = Parameters<Jobs['delete']>[0];

/** Returns the jobs as seen from the edge. A key's home member, the owner of its first lane, knows where its job is. */
export function jobsOfPool(env: Env): Jobs {
  return {
    enqueue: async (job) => unwrap(await member(env, job.lanes[0]).enqueue(job)),
    latest: async (key, lanes) => unwrap(await member(env, lanes[0]).latest(key)),
    delete: (keys, lanes, limit) => forgetIn(lanes, limit, async (lane, left) => member(env, lane).delete(keys, left)),
    stats: async (lane) => unwrap(await member(env, lane).stats(lane)),
    claim: refuse,
    extendLease: refuse,
    complete: refuse,
  };
}

/** Removes jobs lane by lane, up to `limit` in all, and returns how many. */
export async function forgetIn(
  lanes: string[],
  limit: number,
  forget: (lane: string, limit: number) => Promise<Answered<number>>,
): Promise<number> {
  let forgotten = 0;
  for (const lane of lanes) {
    if (forgotten >= limit) break;
    forgotten += unwrap(await forget(lane, limit - forgotten));
  }
  return forgotten;
}

/** Returns the member that owns a lane. */
export function member(env: Env, lane: string | undefined): DurableObjectStub<PoolMember> {
  if (lane === undefined) throw new Refusal({ tag: 'unavailable', val: 'the pool has no members' });
  return env.POOL.get(env.POOL.idFromName(lane));
}

function refuse(): never {
  throw new Refusal({ tag: 'unavailable', val: 'only a member of the pool works on jobs' });
}
