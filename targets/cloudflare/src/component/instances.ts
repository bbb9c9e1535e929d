//! Instances of the storefront, each for one call at a time, because two calls in one instance would deadlock.
//! An instance in which a call failed is never used again.

import { variable, type Env } from '../env.ts';
import { isRefusal } from './refusal.ts';
import type { Scope } from './scope.ts';
import { Storefront, type Exports } from './storefront.ts';

/** The number of calls after which an instance is replaced. */
const CALLS_MAX = 10_000;
/** An instance that is idle for longer is dropped, unless the deployment sets another limit. */
const IDLE_MS_MAX = 300_000;
/** How often a waiting call polls for a free instance. */
const LOOK_MS = 4;

/** Why a call was not made or did not end. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
}

interface Idle {
  storefront: Storefront;
  calls: number;
  sinceMs: number;
}

export class Instances {
  readonly #max: number;
  readonly #wallMs: number;
  readonly #patienceMs: number;
  #idle: Idle[] = [];
  /** The deadline of each running call. */
  #busy = new Map<symbol, number>();

  /** Allows at most `max` calls at once; each takes at most `wallMs`, and waits at most `patienceMs` for its turn. */
  constructor({ max, wallMs, patienceMs }: { max: number; wallMs: number; patienceMs: number }) {
    this.#max = max;
    this.#wallMs = wallMs;
    this.#patienceMs = patienceMs;
  }

  /** Runs a call in an instance of its own. A component's refusal is rethrown, and its instance stays in use. */
  async call<T>(scope: Scope, call: (exports: Exports) => Promise<T>): Promise<T> {
    const turn = await this.#turn();
    try {
      const { storefront, calls } = this.#take(idleMsMax(scope.env));
      const answer = await storefront.run(scope, (exports) => within(this.#wallMs, call(exports)));
      if (calls < CALLS_MAX) this.#idle.push({ storefront, calls, sinceMs: Date.now() });
      if ('refusal' in answer) throw answer.refusal;
      return answer.value;
    } finally {
      this.#busy.delete(turn);
    }
  }

  /**
   * Waits for a turn by polling. Workers ends a request whose client has gone away without notice, so such a
   * request would never wake the next one. A turn ends at its deadline at the latest.
   */
  async #turn(): Promise<symbol> {
    const patienceEnds = Date.now() + this.#patienceMs;
    while (!this.#hasRoom()) {
      if (Date.now() >= patienceEnds) throw new CallFailed('every instance is busy');
      await scheduler.wait(LOOK_MS);
    }
    const turn = Symbol('turn');
    this.#busy.set(turn, Date.now() + this.#wallMs);
    return turn;
  }

  #hasRoom(): boolean {
    if (this.#busy.size < this.#max) return true;
    const now = Date.now();
    for (const [turn, ends] of this.#busy) if (ends <= now) this.#busy.delete(turn);
    return this.#busy.size < this.#max;
  }

  #take(idleMs: number): { storefront: Storefront; calls: number } {
    const oldest = Date.now() - idleMs;
    this.#idle = this.#idle.filter((idle) => idle.sinceMs >= oldest);
    const idle = this.#idle.pop();
    return { storefront: idle?.storefront ?? new Storefront(), calls: (idle?.calls ?? 0) + 1 };
  }
}

function idleMsMax(env: Env): number {
  const set = Number(variable(env, 'CONTAINER_INACTIVITY_TIMEOUT_MS') ?? NaN);
  return Number.isNaN(set) ? IDLE_MS_MAX : set;
}

async function within<T>(ms: number, answer: Promise<T>): Promise<{ value: T } | { refusal: unknown }> {
  let timer: number | null = null;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CallFailed(`no answer within ${ms} ms`)), ms);
  });
  try {
    return { value: await Promise.race([answer, deadline]) };
  } catch (error) {
    if (isRefusal(error)) return { refusal: error };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
