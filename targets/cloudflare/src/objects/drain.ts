//! The decisions of the worker's loop: when to claim the next job, and what to do for a claimed one. The crate `drain`
//! makes the same decisions for the other hosts; `tests/vectors/drain.json` holds both to the same answers, and gives
//! events and actions their form.
//!
//! It does no I/O and reads no clock: time is an argument, in milliseconds.

/** An event of a queue's claims. `idle` carries the time at which the next job is due, if one waits. */
export type ClaimEvent = 'claimed' | 'ended' | 'failed' | 'announced' | 'timeout' | { idle: number | null };
/** The next action: a claim, a wait until a job ends or is announced or for this time, or the end. */
export type ClaimAction = 'claim' | { wait: number | null } | { stop: number | null };

/** The claims of one queue, which end when nothing runs and nothing is due, or when a claim failed. */
export class Claims {
  readonly #slots: number;
  #running = 0;

  /** At most `slots` jobs run at once. */
  constructor(slots: number) {
    this.#slots = slots;
  }

  /** Returns the first action. */
  begin(): ClaimAction {
    return this.#running < this.#slots ? 'claim' : { wait: null };
  }

  /** Takes note of an event and returns what to do next. */
  handle(event: ClaimEvent): ClaimAction {
    if (event === 'failed') return { stop: null };
    if (typeof event === 'object') {
      return this.#running > 0 ? { wait: event.idle } : { stop: event.idle };
    }
    if (event === 'claimed') this.#running += 1;
    if (event === 'ended') this.#running -= 1;
    return this.begin();
  }
}

/** The terms on which a job runs. */
export interface Terms {
  /** How often the lease is extended. */
  extendMs: number;
  /** A job with more parts is given back for another attempt. */
  partsMax: number | null;
  /** How often completing the job is tried before its lease is left to expire, and the pause in between. */
  completeAttempts: number;
  completePauseMs: number;
}

/** The queue's answer to a call with a lease. */
export type Answer = 'ours' | 'not_ours' | 'invalid' | 'unavailable';
/** An event of a job: a part is done and others are left, or there is an outcome. */
export type RunEvent = 'part' | 'ended' | 'timeout' | { extended: Answer } | { completed: Answer };
/** How the run of a job ended. */
export type End = 'completed' | 'lease_lost' | 'taken_over' | 'not_completed';
/** The next action for a job. `wait` continues running work, until this time at the latest. */
export type RunAction = 'work' | 'extend' | 'complete' | 'give_back' | { wait: number } | { stop: End };

/** The decisions about one job. The first action is `work`. */
export class Run {
  readonly #terms: Terms;
  #extendAtMs: number;
  #parts = 0;
  #working = true;
  #extending = false;
  #completing: 'complete' | 'give_back' | undefined;
  #failedCompletions = 0;

  constructor(terms: Terms, nowMs: number) {
    this.#terms = terms;
    this.#extendAtMs = nowMs + terms.extendMs;
  }

  /** When to extend the lease. */
  get extendAtMs(): number {
    return this.#extendAtMs;
  }

  /** Takes note of an event and returns what to do next. */
  handle(event: RunEvent, nowMs: number): RunAction {
    if (event === 'part') return this.#part(nowMs);
    if (event === 'ended') return (this.#completing = 'complete');
    if (event === 'timeout') return this.#completing ?? this.#goOn(nowMs);
    return 'extended' in event ? this.#extended(event.extended, nowMs) : this.#completed(event.completed, nowMs);
  }

  #part(nowMs: number): RunAction {
    this.#working = false;
    this.#parts += 1;
    const { partsMax } = this.#terms;
    if (partsMax !== null && this.#parts >= partsMax) return (this.#completing = 'give_back');
    return this.#goOn(nowMs);
  }

  /** Extends the lease if it is due, and otherwise begins the next part, unless one is running. */
  #goOn(nowMs: number): RunAction {
    if (nowMs >= this.#extendAtMs) {
      this.#extendAtMs = nowMs + this.#terms.extendMs;
      if (!this.#extending) {
        this.#extending = true;
        return 'extend';
      }
    }
    if (this.#working) return { wait: this.#extendAtMs };
    this.#working = true;
    return 'work';
  }

  /** If the queue does not answer, the lease may still be valid: completing the job finds out. */
  #extended(answer: Answer, nowMs: number): RunAction {
    this.#extending = false;
    if (answer === 'not_ours') return { stop: 'lease_lost' };
    this.#extendAtMs = nowMs + this.#terms.extendMs;
    return this.#goOn(nowMs);
  }

  /** A call that the queue refuses as invalid stays invalid, so only one without an answer is repeated. */
  #completed(answer: Answer, nowMs: number): RunAction {
    if (answer === 'ours') return { stop: 'completed' };
    if (answer === 'not_ours') return { stop: 'taken_over' };
    this.#failedCompletions += 1;
    const isOver = answer === 'invalid' || this.#failedCompletions >= this.#terms.completeAttempts;
    return isOver ? { stop: 'not_completed' } : { wait: nowMs + this.#terms.completePauseMs };
  }
}
