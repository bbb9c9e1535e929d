//! A member of the pool of generation workers: it keeps the jobs of its lane, and works on them when its
//! alarm fires. The queueing component decides which job is next, when it is retried and when it is given up.

import { DurableObject } from 'cloudflare:workers';

import { write } from '../capabilities/ambient.ts';
import type { Keys } from '../capabilities/jobs.ts';
import { reason, type Answered } from '../component/refusal.ts';
import type { Env } from '../env.ts';
import { Adapter } from './backends.ts';
import { Lane, type Depth, type NewJob, type Offered, type Status } from './lane.ts';
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

  /** Takes a job whose home this is. */
  async offer(job: NewJob): Promise<Answered<Offered>> {
    const home = job.lanes[0];
    if (home !== undefined) this.#named(home);
    const offered = await this.#lane.offer(job);
    // The job may be another member's by now; ringing for nothing does no harm.
    await this.#announce(offered);
    return offered;
  }

  /** Takes a job that its home had no room for. */
  async take(lane: string, job: NewJob): Promise<Answered<Offered>> {
    this.#named(lane);
    const offered = this.#lane.take(lane, job);
    await this.#announce(offered);
    return offered;
  }

  async newest(key: string): Promise<Answered<Status>> {
    return this.#lane.newest(key);
  }

  async newestOfOwn(key: string): Promise<Answered<Status>> {
    return this.#lane.newestOfOwn(key);
  }

  /** Forgets jobs of this lane, and where those of its keys went. */
  async forget(keys: Keys, limit: number): Promise<Answered<number>> {
    const lane = this.#name();
    return lane === undefined ? { is: 'ok', value: 0 } : this.#lane.forget(lane, keys, limit);
  }

  async measure(lane: string): Promise<Answered<Depth>> {
    return this.#lane.measure(lane);
  }

  /** Works until nothing is due. It never throws, because the platform gives up an alarm after a few failures. */
  override async alarm(): Promise<void> {
    const seen = this.#offers;
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

  /** Durable before the one who offered is told. */
  async #announce(offered: Answered<Offered>): Promise<void> {
    if (offered.is !== 'ok' || offered.value.tag !== 'accepted') return;
    this.#offers += 1;
    await this.ctx.storage.setAlarm(Date.now());
    this.#worker?.announce();
  }

  /** Sets the alarm for the next due job, unless an enqueue has meanwhile set an earlier one. */
  async #sleepUntil(dueMs: number | undefined, seen: number): Promise<void> {
    if (this.#offers !== seen) return;
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
