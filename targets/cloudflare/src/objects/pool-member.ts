//! A member of the pool of generation workers: it keeps the jobs of its lane, and works on them when its
//! alarm fires. The queueing component decides which job is next, when it is retried and when it is given up.

import { DurableObject } from 'cloudflare:workers';

import { write } from '../capabilities/ambient.ts';
import type { Keys } from '../capabilities/jobs.ts';
import { reason, type Answered } from '../component/refusal.ts';
import type { Env } from '../env.ts';
import { Adapter } from './backends.ts';
import { Lane, type QueueStats, type NewJob, type Enqueued, type Status } from './lane.ts';
import { Worker } from './worker.ts';

/** How long a member pauses after it failed to work. */
const REST_MS = 1000;
/** The delay before a member that died during work is woken. */
const WAKE_AGAIN_MS = 2000;
/** The storage key of the lane's name, because an alarm is not told the name of its object. */
const LANE = 'lane';

export class PoolMember extends DurableObject<Env> {
  readonly #lane: Lane;
  #worker: Worker | undefined;
  /** The number of jobs enqueued since this object was loaded. */
  #enqueued = 0;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#lane = new Lane(env, new Adapter(state.storage.sql), state.storage.sql);
  }

  /** Accepts a job whose home this is. */
  async enqueue(job: NewJob): Promise<Answered<Enqueued>> {
    const home = job.lanes[0];
    if (home !== undefined) this.#named(home);
    const enqueued = await this.#lane.enqueue(job);
    // The job may be with another member now; a needless alarm does no harm.
    await this.#announce(enqueued);
    return enqueued;
  }

  /** Accepts a job for which its home had no room. */
  async take(lane: string, job: NewJob): Promise<Answered<Enqueued>> {
    this.#named(lane);
    const enqueued = this.#lane.take(lane, job);
    await this.#announce(enqueued);
    return enqueued;
  }

  async latest(key: string): Promise<Answered<Status>> {
    return this.#lane.latest(key);
  }

  async latestOfOwn(key: string): Promise<Answered<Status>> {
    return this.#lane.latestOfOwn(key);
  }

  /** Removes jobs of this lane, and the forwarding records of its keys. */
  async delete(keys: Keys, limit: number): Promise<Answered<number>> {
    const lane = this.#name();
    return lane === undefined ? { is: 'ok', value: 0 } : this.#lane.delete(lane, keys, limit);
  }

  async stats(lane: string): Promise<Answered<QueueStats>> {
    return this.#lane.stats(lane);
  }

  /** Works until nothing is due. It never throws, because the platform gives up an alarm after a few failures. */
  override async alarm(): Promise<void> {
    const seen = this.#enqueued;
    let dueMs: number | undefined;
    try {
      // If this object dies during work, this alarm wakes it again. While it works, no other alarm fires.
      await this.ctx.storage.setAlarm(Date.now() + WAKE_AGAIN_MS);
      dueMs = await this.#work();
    } catch (error) {
      write('error', 'a member could not work', { during: this.#name() ?? 'pool', reason: reason(error) });
      dueMs = Date.now() + REST_MS;
    }
    await this.#sleepUntil(dueMs, seen);
  }

  async #work(): Promise<number | undefined> {
    const lane = this.#name();
    if (lane === undefined) return undefined;
    if (!this.#worker) this.#lane.endLeases(lane, Date.now());
    this.#worker ??= new Worker(this.env, lane, this.#lane);
    return this.#worker.drain();
  }

  /** Sets the alarm for a new job, durably before the enqueue is answered. */
  async #announce(enqueued: Answered<Enqueued>): Promise<void> {
    if (enqueued.is !== 'ok' || enqueued.value.tag !== 'accepted') return;
    this.#enqueued += 1;
    await this.ctx.storage.setAlarm(Date.now());
    this.#worker?.announce();
  }

  /** Sets the alarm for the next due job, unless an enqueue has meanwhile set an earlier one. */
  async #sleepUntil(dueMs: number | undefined, seen: number): Promise<void> {
    if (this.#enqueued !== seen) return;
    if (dueMs === undefined) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(dueMs);
  }

  #named(lane: string): void {
    if (this.#name() === undefined) this.ctx.storage.kv.put(LANE, lane);
  }

  #name(): string | undefined {
    return this.ctx.storage.kv.get<string>(LANE);
  }
}
