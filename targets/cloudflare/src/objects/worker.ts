//! Works on the jobs of a queue: claims them, generates pages and runs maintenance tasks, and completes them. Several
//! jobs run at once, each in its own instance. A job's lease is extended while it runs; if the lease is lost, the work
//! is dropped.

import { write } from '../capabilities/ambient.ts';
import { forgetIn, member, type Jobs } from '../capabilities/jobs.ts';
import { isRefusal, reason, unwrap } from '../component/refusal.ts';
import type { Scope } from '../component/scope.ts';
import type { Exports } from '../component/storefront.ts';
import type { Env } from '../env.ts';
import { poolSettings } from '../platform/variables.ts';
import { generating, serving } from '../pools.ts';
import type { MemberQueue } from './member-queue.ts';

type Claimed = Awaited<ReturnType<Exports['leases']['claim']>>;
type Job = Extract<Claimed, { tag: 'job' }>['val'];
type Outcome = Awaited<ReturnType<Exports['generator']['generate']>>;

/** The number of attempts to complete a job before its lease is left to expire, and the pause in between. */
const COMPLETE_ATTEMPTS = 5;
const COMPLETE_AGAIN_MS = 500;

export class Worker {
  readonly #env: Env;
  readonly #queue: string;
  readonly #jobs: Jobs;
  readonly #underway = new Set<Promise<void>>();
  #announced = Promise.withResolvers<void>();

  constructor(env: Env, name: string, queue: MemberQueue) {
    this.#env = env;
    this.#queue = name;
    this.#jobs = jobsOf(env, queue, name);
  }

  /** Announces an enqueued job, so that a free slot takes it at once even while a long job runs. */
  announce(): void {
    this.#announced.resolve();
  }

  /** Works until nothing is due and nothing runs. Returns when the next job is due; `undefined` if there is none. */
  async drain(): Promise<number | undefined> {
    const { jobsPerMember } = poolSettings(this.#env);
    for (;;) {
      this.#announced = Promise.withResolvers();
      const dueMs = await this.#fill(jobsPerMember);
      if (this.#underway.size === 0) return dueMs;
      const soonest = dueMs === undefined ? [] : [scheduler.wait(Math.max(dueMs - Date.now(), 0))];
      await Promise.race([...this.#underway, this.#announced.promise, ...soonest]);
    }
  }

  /** Starts jobs until all slots are taken or nothing is due. Returns when the next job is due, if that is known. */
  async #fill(jobsMax: number): Promise<number | undefined> {
    while (this.#underway.size < jobsMax) {
      const claimed = await this.#leases('claim', (leases) => leases.claim(this.#claimant()));
      if (claimed.tag === 'idle') return claimed.val === undefined ? undefined : Number(claimed.val);
      const work = this.#work(claimed.val).finally(() => this.#underway.delete(work));
      this.#underway.add(work);
    }
    return undefined;
  }

  /** Runs one job and completes it. It never throws. */
  async #work(job: Job): Promise<void> {
    const started = Date.now();
    const ended = new AbortController();
    const lost = this.#keep(job, ended.signal);
    const outcome = await Promise.race([this.#outcome(job, ended.signal), lost]);
    ended.abort();
    if (!outcome) {
      write('warn', 'the lease was lost; its work is dropped', { during: `job ${job.lease.id}` });
      return;
    }
    const ms = Date.now() - started;
    write('info', 'a job ended', { during: `job ${job.lease.id}`, outcome: outcome.tag, attempt: job.attempt, ms });
    await this.#complete(job, outcome);
  }

  /** Returns the outcome of a job. A job that fails because of this host is retried. */
  async #outcome(job: Job, ended: AbortSignal): Promise<Outcome> {
    const task = job.task.tag;
    try {
      return await (task === 'page' ? this.#generate(job) : this.#run(job, ended));
    } catch (error) {
      write('error', 'a job failed', { during: `job ${job.lease.id}`, task, reason: reason(error) });
      return { tag: 'retry', val: { trouble: { reason: reason(error) } } };
    }
  }

  #generate(job: Job): Promise<Outcome> {
    return generating.call(this.#scope(`job ${job.lease.id}`), (storefront) => storefront.generator.generate(job));
  }

  /** Runs a maintenance task in steps, while this worker holds its lease. Each step waits its turn, like a request. */
  async #run(job: Job, ended: AbortSignal): Promise<Outcome> {
    const scope = this.#scope(`job ${job.lease.id}`);
    while (!ended.aborted) {
      const progress = await serving.call(scope, (storefront) => storefront.maintenance.run(job));
      if (progress.tag === 'over') return progress.val;
    }
    return { tag: 'retry', val: { trouble: { reason: 'the lease was lost' } } };
  }

  /** Extends the lease after every third of its length; resolves to `undefined` if the lease is lost. */
  async #keep(job: Job, ended: AbortSignal): Promise<undefined> {
    const { leaseMs } = poolSettings(this.#env);
    for (;;) {
      await scheduler.wait(leaseMs / 3, { signal: ended }).catch(() => undefined);
      if (ended.aborted) return undefined;
      const kept = await this.#leases(`job ${job.lease.id}`, (leases) => leases.extend(job.lease)).catch(() => true);
      if (!kept) return undefined;
    }
  }

  async #complete(job: Job, outcome: Outcome): Promise<void> {
    const during = `job ${job.lease.id}`;
    for (let attempt = 1; attempt <= COMPLETE_ATTEMPTS; attempt += 1) {
      try {
        const ours = await this.#leases(during, (leases) => leases.complete(job.lease, outcome));
        if (!ours) write('warn', 'the job was completed by another worker', { during });
        return;
      } catch (error) {
        write('warn', 'the job was not completed', { during, attempt, reason: reason(error) });
        // A call that the component rejects as invalid stays invalid, so retries are pointless.
        if (isRefusal(error) && (error.payload as { tag?: string }).tag === 'invalid') return;
      }
      await scheduler.wait(COMPLETE_AGAIN_MS);
    }
  }

  #leases<T>(during: string, call: (leases: Exports['leases']) => Promise<T>): Promise<T> {
    return serving.call(this.#scope(during), (storefront) => call(storefront.leases));
  }

  /**
   * Returns the member name for claims. The component rejects a member that the pool no longer has, so such a
   * member finishes its jobs under the name of one that every pool has.
   */
  #claimant(): string {
    const isMember = Number(this.#queue.replace('pool-', '')) < poolSettings(this.#env).size;
    return isMember ? this.#queue : 'pool-0';
  }

  #scope(during: string): Scope {
    return { env: this.#env, during, exact: true, jobs: this.#jobs, contested: new Set(), gone: new Set() };
  }
}

/**
 * Returns the queue's own jobs: a member works on no others, whatever name it claims under. A maintenance task reads
 * and removes jobs of every queue; for its own queue, this object does not call itself.
 */
function jobsOf(env: Env, queue: MemberQueue, name: string): Jobs {
  return {
    enqueue: (job) => queue.own((jobs) => jobs.enqueue(job)),
    claim: (nowMs, leaseMs) => queue.own((jobs) => jobs.claim(nowMs, leaseMs)),
    leased: (id, token) => queue.own((jobs) => jobs.leased(id, token)),
    extendLease: (id, token, nowMs, leaseMs) => queue.own((jobs) => jobs.extendLease(id, token, nowMs, leaseMs)),
    complete: (id, token, nowMs, completion) => queue.own((jobs) => jobs.complete(id, token, nowMs, completion)),
    latest: async (key, [home]) =>
      unwrap(home === name ? await queue.latest(key) : await member(env, home).latest(key)),
    delete: (keys, queues, limit) =>
      forgetIn(queues, limit, async (of, left) =>
        of === name ? queue.delete(of, keys, left) : member(env, of).delete(keys, left),
      ),
    stats: async (of) => unwrap(of === name ? queue.stats(of) : await member(env, of).stats(of)),
  };
}
