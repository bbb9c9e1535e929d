//! Works on the jobs of a queue: claims them, generates pages and runs maintenance tasks, and completes them. Several
//! jobs run at once, each in its own instance. A job's lease is extended while it runs; if the lease is lost, the work
//! is dropped. When to claim, extend and complete is decided in `drain.ts`.

import { write } from '../capabilities/ambient.ts';
import { deleteIn, member, type Jobs } from '../capabilities/jobs.ts';
import { isRefusal, reason, unwrap } from '../component/refusal.ts';
import type { Scope } from '../component/scope.ts';
import type { Exports } from '../component/storefront.ts';
import type { Env } from '../env.ts';
import { poolSettings } from '../platform/variables.ts';
import { generating, serving } from '../pools.ts';
import { Claims, Run, type Answer, type ClaimEvent, type RunAction, type RunEvent, type Terms } from './drain.ts';
import type { MemberQueue } from './member-queue.ts';

type Claimed = Awaited<ReturnType<Exports['leases']['claim']>>;
type Job = Extract<Claimed, { tag: 'job' }>['val'];
type Outcome = Awaited<ReturnType<Exports['generator']['generate']>>;
type Progress = Awaited<ReturnType<Exports['maintenance']['run']>>;

/** The number of attempts to complete a job before its lease is left to expire, and the pause in between. */
const COMPLETE_ATTEMPTS = 5;
const COMPLETE_AGAIN_MS = 500;
/** A maintenance task with more parts continues in another attempt. */
const PARTS_MAX = 10_000;

export class Worker {
  readonly #env: Env;
  readonly #queue: string;
  readonly #jobs: Jobs;
  readonly #claims: Claims;
  #announced = Promise.withResolvers<void>();
  /** The number of ended jobs that the claims have not processed, and the announcement of the next. */
  #endings = 0;
  #ended = Promise.withResolvers<void>();

  constructor(env: Env, name: string, queue: MemberQueue) {
    this.#env = env;
    this.#queue = name;
    this.#jobs = jobsOf(env, queue, name);
    this.#claims = new Claims(poolSettings(env).jobsPerMember);
  }

  /** Announces an enqueued job, so that a free slot takes it at once even while a long job runs. */
  announce(): void {
    this.#announced.resolve();
  }

  /** Works until nothing is due and nothing runs. Returns when the next job is due; `undefined` if there is none. */
  async drain(): Promise<number | undefined> {
    let failure: unknown;
    const claim = () => this.#claim().catch((error: unknown): ClaimEvent => ((failure = error), 'failed'));
    let action = this.#claims.begin();
    for (;;) {
      if (action === 'claim') action = this.#claims.handle(await claim());
      else if ('wait' in action) action = this.#claims.handle(await this.#next(action.wait));
      else if (failure !== undefined) throw failure;
      else return action.stop ?? undefined;
    }
  }

  /** Claims a job and begins it. */
  async #claim(): Promise<ClaimEvent> {
    this.#announced = Promise.withResolvers();
    const claimed = await this.#leases('claim', (leases) => leases.claim(this.#claimant()));
    if (claimed.tag === 'idle') return { idle: claimed.val === undefined ? null : Number(claimed.val) };
    void this.#work(claimed.val).finally(() => {
      this.#endings += 1;
      this.#ended.resolve();
    });
    return 'claimed';
  }

  /** Waits until a job ends or is announced, or until `untilMs`. */
  async #next(untilMs: number | null): Promise<ClaimEvent> {
    if (this.#endings === 0) {
      this.#ended = Promise.withResolvers();
      const timer = new AbortController();
      const due = untilMs === null ? [] : [sleepUntil(untilMs, timer.signal)];
      const first = await Promise.race([
        this.#ended.promise.then(() => 'ended' as const),
        this.#announced.promise.then(() => 'announced' as const),
        ...due,
      ]);
      timer.abort();
      // An announcement counts once: while every slot is taken, no claim consumes it.
      if (first === 'announced') this.#announced = Promise.withResolvers();
      if (first !== 'ended') return first;
    }
    this.#endings -= 1;
    return 'ended';
  }

  /** Runs one job and completes it. It never throws. */
  async #work(job: Job): Promise<void> {
    const during = `job ${job.lease.id}`;
    const begunMs = Date.now();
    const run = new Run(this.#terms(), begunMs);
    let part: Promise<RunEvent> | undefined;
    let extension: Promise<RunEvent> | undefined;
    let outcome: Outcome | undefined;
    let action: RunAction = 'work';
    const over = (progress: Progress): RunEvent => {
      part = undefined;
      if (progress.tag === 'more') return 'part';
      outcome = progress.val;
      write('info', 'a job ended', { during, outcome: outcome.tag, attempt: job.attempt, ms: Date.now() - begunMs });
      return 'ended';
    };
    for (;;) {
      let event: RunEvent;
      if (action === 'complete' || action === 'give_back') {
        [part, extension] = [undefined, undefined];
        outcome ??= again('the maintenance task exceeded the limit of parts for one attempt');
        event = { completed: await this.#complete(job, outcome) };
      } else if (typeof action === 'object' && 'stop' in action) {
        if (action.stop === 'lease_lost') write('warn', 'lost the lease; dropped its work', { during });
        return;
      } else {
        if (action === 'work') part = this.#part(job).then(over);
        if (action === 'extend') {
          extension = this.#extend(job).then((extended) => ((extension = undefined), { extended }));
        }
        const untilMs: number = typeof action === 'object' ? action.wait : run.extendAtMs;
        event = await firstOf([part, extension], untilMs);
      }
      action = run.handle(event, Date.now());
    }
  }

  #terms(): Terms {
    const extendMs = poolSettings(this.#env).leaseMs / 3;
    return { extendMs, partsMax: PARTS_MAX, completeAttempts: COMPLETE_ATTEMPTS, completePauseMs: COMPLETE_AGAIN_MS };
  }

  /**
   * Runs a page, or the next part of a maintenance task; each part waits its turn, like a request. A job that fails
   * because of this host is retried.
   */
  async #part(job: Job): Promise<Progress> {
    const task = job.task.tag;
    const scope = this.#scope(`job ${job.lease.id}`);
    try {
      if (task === 'maintenance') return await serving.call(scope, (storefront) => storefront.maintenance.run(job));
      return { tag: 'over', val: await generating.call(scope, (storefront) => storefront.generator.generate(job)) };
    } catch (error) {
      write('error', 'a job failed', { during: `job ${job.lease.id}`, task, reason: reason(error) });
      return { tag: 'over', val: again(reason(error)) };
    }
  }

  async #extend({ lease }: Job): Promise<Answer> {
    try {
      return (await this.#leases(`job ${lease.id}`, (leases) => leases.extend(lease))) ? 'ours' : 'not_ours';
    } catch (error) {
      return answerOf(error);
    }
  }

  async #complete({ lease }: Job, outcome: Outcome): Promise<Answer> {
    const during = `job ${lease.id}`;
    try {
      const ours = await this.#leases(during, (leases) => leases.complete(lease, outcome));
      if (!ours) write('warn', 'another worker completed the job', { during });
      return ours ? 'ours' : 'not_ours';
    } catch (error) {
      write('warn', 'cannot complete the job', { during, reason: reason(error) });
      return answerOf(error);
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

function again(reason: string): Outcome {
  return { tag: 'retry', val: { trouble: { reason } } };
}

function answerOf(error: unknown): Answer {
  const isInvalid = isRefusal(error) && (error.payload as { tag?: string }).tag === 'invalid';
  return isInvalid ? 'invalid' : 'unavailable';
}

/** Returns the first event of the running work, or `timeout` at `untilMs`. */
async function firstOf(underway: (Promise<RunEvent> | undefined)[], untilMs: number): Promise<RunEvent> {
  const timer = new AbortController();
  const events = underway.filter((event) => event !== undefined);
  const first = await Promise.race([...events, sleepUntil(untilMs, timer.signal)]);
  timer.abort();
  return first;
}

async function sleepUntil(untilMs: number, signal: AbortSignal): Promise<'timeout'> {
  await scheduler.wait(Math.max(untilMs - Date.now(), 0), { signal }).catch(() => undefined);
  return 'timeout';
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
      deleteIn(queues, limit, async (of, left) =>
        of === name ? queue.delete(of, keys, left) : member(env, of).delete(keys, left),
      ),
    stats: async (of) => unwrap(of === name ? queue.stats(of) : await member(env, of).stats(of)),
  };
}
