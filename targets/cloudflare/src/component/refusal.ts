//! An error of an interface, as it crosses into and out of components: an exception with a payload.

/** An expected error, for the component to deal with. */
export class Refusal<E> extends Error {
  readonly payload: E;

  constructor(payload: E) {
    super('refused');
    this.payload = payload;
  }
}

/** Something that did not answer, in the words of the log. */
export type Unavailable = { tag: 'unavailable'; val: string };

/** Whether a component or the glue returned this as an error; anything else is a failure of theirs. */
export function isRefusal(error: unknown): error is { payload: unknown } {
  return typeof error === 'object' && error !== null && 'payload' in error;
}

/** Any failure as `unavailable`: the caller goes on without. A refusal stays what it is. */
export async function orUnavailable<T>(answer: () => Promise<T>): Promise<T> {
  try {
    return await answer();
  } catch (error) {
    if (isRefusal(error)) throw error;
    throw new Refusal<Unavailable>({ tag: 'unavailable', val: reason(error) });
  }
}

/** A failure in a few words. */
export function reason(error: unknown): string {
  if (isRefusal(error)) return JSON.stringify(error.payload);
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** An error of an interface, as jco has it. */
export type Payload = string | { tag: string; val?: bigint | string };

/** The outcome of a call as plain data, which survives the way between objects; exceptions do not. */
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

/** And back. */
export function unwrap<T>(answer: Answered<T>): T {
  if (answer.is === 'ok') return answer.value;
  throw new Refusal(answer.error);
}
