//! The jobs of one queue, and the jobs of its keys that were forwarded because it was full. A key whose home
//! it is has at most one live job, in this queue or elsewhere.
//!
//! It does not work on jobs, and does not read their contents.

import { member, type Jobs, type Keys } from '../capabilities/jobs.ts';
import { answered, unwrap, type Answered } from '../component/refusal.ts';
import type { Env } from '../env.ts';
import type { Adapter, Backends } from './backends.ts';
import { Forwarding } from './forwarding.ts';

export type NewJob = Parameters<Jobs['enqueue']>[0];
export type Enqueued = Awaited<ReturnType<Jobs['enqueue']>>;
export type Status = Awaited<ReturnType<Jobs['latest']>>;
export type QueueStats = Awaited<ReturnType<Jobs['stats']>>;

export class MemberQueue {
  readonly #env: Env;
  readonly #adapter: Adapter;
  readonly #sql: SqlStorage;
  readonly #forwarding: Forwarding;
  /** The last pending enqueue of each key, so that enqueues of a key stay in order. */
  readonly #underway = new Map<string, Promise<unknown>>();

  constructor(env: Env, adapter: Adapter, sql: SqlStorage) {
    this.#env = env;
    this.#adapter = adapter;
    this.#sql = sql;
    this.#forwarding = new Forwarding(sql);
  }

  /** Calls the jobs interface for this queue only, as its worker needs it. */
  own<T>(call: (jobs: Backends['jobs']) => T): T {
    return this.#adapter.call(({ jobs }) => call(jobs));
  }

  /** Accepts a job into this queue, or returns that the queue is full. */
  take(queue: string, job: NewJob): Answered<Enqueued> {
    return answered<Enqueued>(() => this.own((jobs) => jobs.enqueue({ ...job, queues: [queue] })));
  }

  /** Accepts a job of a key whose home this is: here, or in another queue that has room. */
  async enqueue(job: NewJob): Promise<Answered<Enqueued>> {
    const before = this.#underway.get(job.key) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.#enqueue(job));
    this.#underway.set(job.key, mine);
    try {
      return await mine;
    } finally {
      if (this.#underway.get(job.key) === mine) this.#underway.delete(job.key);
    }
  }

  async #enqueue(job: NewJob): Promise<Answered<Enqueued>> {
    const [home = '', ...others] = job.queues;
    const elsewhere = this.#forwarding.queueOf(job.key);
    if (elsewhere !== undefined) {
      const live = liveOf(unwrap(await member(this.#env, elsewhere).latestOfOwn(job.key)));
      if (live !== undefined) return { is: 'ok', value: { tag: 'live', val: live } };
      this.#forwarding.delete(job.key);
    }
    const taken = this.take(home, job);
    return isFull(taken) ? this.#forward(job, others) : taken;
  }

  /**
   * Offers a job to other members in turn. The destination is recorded before the job is sent: if the answer is
    * lost, the next enqueue asks there first, so the job is not created twice.
   */
  async #forward(job: NewJob, queues: string[]): Promise<Answered<Enqueued>> {
    for (const queue of queues) {
      this.#forwarding.note(job.key, queue, Number(job.nowMs));
      const taken = await member(this.#env, queue).take(queue, job);
      if (!isFull(taken)) return taken;
      this.#forwarding.delete(job.key);
    }
    return { is: 'ok', value: { tag: 'full' } };
  }

  /** Returns the newest job of a key whose home this is. */
  async latest(key: string): Promise<Answered<Status>> {
    const elsewhere = this.#forwarding.queueOf(key);
    if (elsewhere !== undefined) {
      const status = await member(this.#env, elsewhere).latestOfOwn(key);
      if (status.is === 'refused' || status.value) return status;
    }
    return this.latestOfOwn(key);
  }

  /** Returns the newest job of a key in this queue. */
  latestOfOwn(key: string): Answered<Status> {
    return answered<Status>(() => this.own((jobs) => jobs.latest(key, [])));
  }

  /**
   * Deletes jobs of this queue by their keys, and returns how many. The forwarding records of these keys are deleted
   * with the last of the jobs: until then an enqueue must find the live one.
   */
  delete(queue: string, keys: Keys, limit: number): Answered<number> {
    const deleted = answered<number>(() => this.own((jobs) => jobs.delete(keys, [queue], limit)));
    if (deleted.is === 'ok' && deleted.value < limit) this.#forwarding.deleteAll(keys);
    return deleted;
  }

  /**
   * Ends the leases of earlier instances of this object: the queue's only worker died with them. The table belongs
   * to the adapter (`migrations/sqlite/jobs`), so a call to the adapter first makes sure that it exists.
   */
  endLeases(queue: string, nowMs: number): void {
    this.stats(queue);
    this.#sql.exec("UPDATE jobs SET due_ms = ?2 WHERE queue = ?1 AND state = 'running' AND due_ms > ?2", queue, nowMs);
  }

  stats(queue: string): Answered<QueueStats> {
    return answered<QueueStats>(() => this.own((jobs) => jobs.stats(queue)));
  }
}

function isFull(enqueued: Answered<Enqueued>): boolean {
  return enqueued.is === 'ok' && enqueued.value.tag === 'full';
}

function liveOf(status: Status): string | undefined {
  return status && (status.state === 'queued' || status.state === 'running') ? status.id : undefined;
}
