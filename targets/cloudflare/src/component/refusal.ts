//! An interface error on its way into or out of a component: an exception with a payload.

/** An expected error, which the component handles. */
export class Refusal<E> extends Error {
  readonly payload: E;

  constructor(payload: E) {
    super('refused');
    this.payload = payload;
  }
}

/** The error that a service did not answer, with a reason for the log. */
export type Unavailable = { tag: 'unavailable'; val: string };

/** Returns whether a component or the glue returned this error on purpose; any other error is a failure. */
export function isRefusal(error: unknown): error is { payload: unknown } {
  return typeof error === 'object' && error !== null && 'payload' in error;
}

/** Converts any failure to `unavailable`, so that the caller can continue. Refusals stay unchanged. */
export async function orUnavailable<T>(answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    if (isRefusal(error)) throw error;
    throw new Refusal<Unavailable>({ tag: 'unavailable', val: reason(error) });
  }
}

/** Describes a failure in a few words. */
export function reason(error: unknown): string {
  if (isRefusal(error)) return JSON.stringify(error.payload);
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** An interface error, as jco represents it. */
export type Payload = string | { tag: string; val?: bigint | string };

/** The outcome of a call as plain data, which can be sent between Durable Objects; exceptions cannot. */
export type Answered<T> = { is: 'ok'; value: T } | { is: 'refused'; error: Payload };

/** Turns a component's refusal into data. */
export function answered<T>(call: () => T): Answered<T> {
  try {
    return { is: 'ok', value: call() };
  } catch (error) {
    if (isRefusal(error)) return { is: 'refused', error: error.payload as Payload };
    throw error;
  }
}

/** Turns the data back into a value or a refusal. */
export function unwrap<T>(answer: Answered<T>): T {
  if (answer.is === 'ok') return answer.value;
  throw new Refusal(answer.error);
}
