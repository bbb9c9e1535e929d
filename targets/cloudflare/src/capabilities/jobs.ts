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
    leased: (id, token) => orUnavailable(async () => scope().jobs.leased(id, token)),
    extendLease: (id, token, nowMs, leaseMs) => orUnavailable(async () => scope().jobs.extendLease(id, token, nowMs, leaseMs)),
    complete: (id, token, nowMs, completion) =>
      orUnavailable(async () => scope().jobs.complete(id, token, nowMs, completion)),
    latest: (key, queues) => orUnavailable(async () => scope().jobs.latest(key, queues)),
    delete: (keys, queues, limit) => orUnavailable(async () => scope().jobs.delete(keys, queues, limit)),
    stats: (queue) => orUnavailable(async () => scope().jobs.stats(queue)),
  };
}

/** A selection of jobs by their keys. */
export type Keys = Parameters<Jobs['delete']>[0];

/** Returns the jobs as seen from the edge. A key's home member, the owner of its first queue, knows where its job is. */
export function jobsOfPool(env: Env): Jobs {
  return {
    enqueue: async (job) => unwrap(await member(env, job.queues[0]).enqueue(job)),
    latest: async (key, queues) => unwrap(await member(env, queues[0]).latest(key)),
    delete: (keys, queues, limit) => deleteIn(queues, limit, async (queue, left) => member(env, queue).delete(keys, left)),
    stats: async (queue) => unwrap(await member(env, queue).stats(queue)),
    claim: refuse,
    leased: refuse,
    extendLease: refuse,
    complete: refuse,
  };
}

/** Removes jobs queue by queue, up to `limit` in all, and returns how many. */
export async function deleteIn(
  queues: string[],
  limit: number,
  remove: (queue: string, limit: number) => Promise<Answered<number>>,
): Promise<number> {
  let deleted = 0;
  for (const queue of queues) {
    if (deleted >= limit) break;
    deleted += unwrap(await remove(queue, limit - deleted));
  }
  return deleted;
}

/** Returns the member that owns a queue. */
export function member(env: Env, queue: string | undefined): DurableObjectStub<PoolMember> {
  if (queue === undefined) throw new Refusal({ tag: 'unavailable', val: 'the pool has no members' });
  return env.AI_GENERATOR.get(env.AI_GENERATOR.idFromName(queue));
}

function refuse(): never {
  throw new Refusal({ tag: 'unavailable', val: 'only a member of the pool works on jobs' });
}
