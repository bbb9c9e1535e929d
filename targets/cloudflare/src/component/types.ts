//! The types of the glue, derived from jco's generated types: an import may return a promise exactly
//! where the build tells jco that it may wait.

import type { Synchronous } from '../../build/synchronous.ts';

type WithoutVersion<Name> = Name extends `${infer Plain}@${string}` ? Plain : Name;

/** A function that may return a promise. */
type Later<F> = F extends (...args: infer A) => infer R ? (...args: A) => R | Promise<R> : F;

/** A host class whose handles a component holds. Its methods may return promises. */
type ResourceClass<C> = C extends { prototype: infer P } ? { prototype: { [K in keyof P]: Later<P[K]> } } : never;

type AnyFunction = (...args: never) => unknown;

type Interface<Name, I> = Name extends Synchronous
  ? I
  : { [K in keyof I]: I[K] extends AnyFunction ? Later<I[K]> : ResourceClass<I[K]> };

/** The imports of a component, by interface without version; omits interfaces that contain only types. */
export type Imports<ImportObject> = {
  [K in keyof ImportObject as keyof ImportObject[K] extends never ? never : WithoutVersion<K>]: Interface<
    WithoutVersion<K>,
    ImportObject[K]
  >;
};

/** An interface of a component whose calls may wait. */
export type Waiting<I> = {
  [K in keyof I]: I[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : I[K];
};
