//! Which imports this platform answers at once. Every other import may wait, and suspends its caller.
//! The types of the glue follow from this list as well: what is listed here cannot return a promise.

/** Interfaces, or single functions, whose glue never waits. */
export const SYNCHRONOUS = [
  'wandstore:capabilities/values',
  'wandstore:capabilities/clock',
  'wandstore:capabilities/random',
  'wandstore:capabilities/log',
  'wandstore:platform/variables',
  'wandstore:platform/sql',
  'wandstore:storefront/http-types#[method]request.header',
] as const;

export type Synchronous = (typeof SYNCHRONOUS)[number];

/** Whether an import such as `wandstore:capabilities/kv@0.1.0#get` may wait. */
export function mayWait(name: string): boolean {
  const plain = name.replace(/@[^#]*/, '');
  const [from] = plain.split('#');
  return !SYNCHRONOUS.some((listed) => listed === plain || listed === from);
}
