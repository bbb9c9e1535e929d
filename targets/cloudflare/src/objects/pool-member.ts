//! A member of the pool of generation workers: it keeps the jobs of its queue, and works on them when its
//! alarm fires. The queueing component decides which job is next, when it is retried and when it is given up.
//!
//! It is deployed as `AIGeneratorContainer`, the class of the original deployment, and takes over its objects.

import { DurableObject } from 'cloudflare:workers';

import { write } from '../capabilities/ambient.ts';
import type { Keys } from '../capabilities/jobs.ts';
import { reason, type Answered } from '../component/refusal.ts';
import type { Env } from '../env.ts';
import { Adapter } from './backends.ts';
import { setAside } from './former.ts';
import { MemberQueue, type QueueStats, type NewJob, type Enqueued, type Status } from './member-queue.ts';
import { Worker } from './worker.ts';

/** How long a member pauses after it failed to work. */
const REST_MS = 1000;
/** The delay before a member that died during work is woken. */
const WAKE_AGAIN_MS = 2000;
/** The storage key of the queue's name, because an alarm does not know the name of its object. */
const QUEUE = 'wandstore:queue';

export class PoolMember extends DurableObject<Env> {
  readonly #queue: MemberQueue;
  #worker: Worker | undefined;
  /** The number of jobs enqueued since this object was loaded. */
  #enqueued = 0;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    setAside(state.storage);
    this.#queue = new MemberQueue(env, new Adapter(state.storage.sql), state.storage.sql);
  }

  /** Accepts a job whose home this is. */
  async enqueue(job: NewJob): Promise<Answered<Enqueued>> {
    const home = job.queues[0];
    if (home !== undefined) this.#named(home);
    const enqueued = await this.#queue.enqueue(job);
    // The job may be with another member now; a needless alarm does no harm.
    await this.#announce(enqueued);
    return enqueued;
  }

  /** Accepts a job for which its home had no room. */
  async take(queue: string, job: NewJob): Promise<Answered<Enqueued>> {
    this.#named(queue);
    const enqueued = this.#queue.take(queue, job);
    await this.#announce(enqueued);
    return enqueued;
  }

  async latest(key: string): Promise<Answered<Status>> {
    return this.#queue.latest(key);
  }

  async latestOfOwn(key: string): Promise<Answered<Status>> {
    return this.#queue.latestOfOwn(key);
  }

  /** Removes jobs of this queue, and the forwarding records of its keys. */
  async delete(keys: Keys, limit: number): Promise<Answered<number>> {
    const queue = this.#name();
    return queue === undefined ? { is: 'ok', value: 0 } : this.#queue.delete(queue, keys, limit);
  }

  async stats(queue: string): Promise<Answered<QueueStats>> {
    return this.#queue.stats(queue);
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
      write('error', 'a pool member failed', { during: this.#name() ?? 'pool', reason: reason(error) });
      dueMs = Date.now() + REST_MS;
    }
    await this.#sleepUntil(dueMs, seen);
  }

  async #work(): Promise<number | undefined> {
    const queue = this.#name();
    if (queue === undefined) return undefined;
    if (!this.#worker) this.#queue.endLeases(queue, Date.now());
    this.#worker ??= new Worker(this.env, queue, this.#queue);
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

  #named(queue: string): void {
    if (this.#name() === undefined) this.ctx.storage.kv.put(QUEUE, queue);
  }

  #name(): string | undefined {
    return this.ctx.storage.kv.get<string>(QUEUE);
  }
}
