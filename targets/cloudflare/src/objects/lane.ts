//! The jobs of one lane, and the jobs of its keys that were forwarded because it was full. A key whose home
//! it is has at most one live job, in this lane or elsewhere.
//!
//! It does not work on jobs, and does not read their contents.

import { member, type Jobs, type Keys } from '../capabilities/jobs.ts';
import { answered, unwrap, type Answered } from '../component/refusal.ts';
import type { Env } from '../env.ts';
import type { Adapter, Backends } from './backends.ts';
import { Forwarding } from './forwarding.ts';

export type NewJob = Parameters<Jobs['offer']>[0];
export type Offered = Awaited<ReturnType<Jobs['offer']>>;
export type Status = Awaited<ReturnType<Jobs['newest']>>;
export type Depth = Awaited<ReturnType<Jobs['measure']>>;

export class Lane {
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

  /** Calls the jobs interface for this lane only, as its worker needs it. */
  own<T>(call: (jobs: Backends['jobs']) => T): T {
    return this.#adapter.call(({ jobs }) => call(jobs));
  }

  /** Takes a job into this lane, or says that it is full. */
  take(lane: string, job: NewJob): Answered<Offered> {
    return answered<Offered>(() => this.own((jobs) => jobs.offer({ ...job, lanes: [lane] })));
  }

  /** Takes a job of a key whose home this is: here, or where there is room. */
  async offer(job: NewJob): Promise<Answered<Offered>> {
    const before = this.#underway.get(job.key) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.#offer(job));
    this.#underway.set(job.key, mine);
    try {
      return await mine;
    } finally {
      if (this.#underway.get(job.key) === mine) this.#underway.delete(job.key);
    }
  }

  async #offer(job: NewJob): Promise<Answered<Offered>> {
    const [home = '', ...others] = job.lanes;
    const elsewhere = this.#forwarding.laneOf(job.key);
    if (elsewhere !== undefined) {
      const live = liveOf(unwrap(await member(this.#env, elsewhere).newestOfOwn(job.key)));
      if (live !== undefined) return { is: 'ok', value: { tag: 'live', val: live } };
      this.#forwarding.forget(job.key);
    }
    const taken = this.take(home, job);
    return isFull(taken) ? this.#forward(job, others) : taken;
  }

  /**
   * Offers a job to other members in turn. The destination is recorded before the job is sent: if the answer is
    * lost, the next enqueue asks there first, so the job is not created twice.
   */
  async #forward(job: NewJob, lanes: string[]): Promise<Answered<Offered>> {
    for (const lane of lanes) {
      this.#forwarding.note(job.key, lane, Number(job.nowMs));
      const taken = await member(this.#env, lane).take(lane, job);
      if (!isFull(taken)) return taken;
      this.#forwarding.forget(job.key);
    }
    return { is: 'ok', value: { tag: 'full' } };
  }

  /** The newest job of a key whose home this is. */
  async newest(key: string): Promise<Answered<Status>> {
    const elsewhere = this.#forwarding.laneOf(key);
    if (elsewhere !== undefined) {
      const status = await member(this.#env, elsewhere).newestOfOwn(key);
      if (status.is === 'refused' || status.value) return status;
    }
    return this.newestOfOwn(key);
  }

  /** The newest job of a key in this lane. */
  newestOfOwn(key: string): Answered<Status> {
    return answered<Status>(() => this.own((jobs) => jobs.newest(key, [])));
  }

  /**
   * Deletes jobs of this lane by their keys, and returns how many. The forwarding records of these keys are deleted
   * with the last of the jobs: until then an enqueue must find the live one.
   */
  forget(lane: string, keys: Keys, limit: number): Answered<number> {
    const forgotten = answered<number>(() => this.own((jobs) => jobs.forget(keys, [lane], limit)));
    if (forgotten.is === 'ok' && forgotten.value < limit) this.#forwarding.forgetAll(keys);
    return forgotten;
  }

  /**
   * Ends the leases of earlier instances of this object: the lane's only worker died with them. The table belongs
   * to the adapter (`migrations/sqlite/jobs`), so a call to the adapter first makes sure that it exists.
   */
  endLeases(lane: string, nowMs: number): void {
    this.measure(lane);
    this.#sql.exec("UPDATE jobs SET due_ms = ?2 WHERE lane = ?1 AND state = 'running' AND due_ms > ?2", lane, nowMs);
  }

  measure(lane: string): Answered<Depth> {
    return answered<Depth>(() => this.own((jobs) => jobs.measure(lane)));
  }
}

function isFull(offered: Answered<Offered>): boolean {
  return offered.is === 'ok' && offered.value.tag === 'full';
}

function liveOf(status: Status): string | undefined {
  return status && (status.state === 'queued' || status.state === 'running') ? status.id : undefined;
}
