//! An instance of the storage adapter over the storage of one Durable Object: the same component, and so
//! the same SQL, as on every other host. Its calls do not wait, so that each is one step of the object.

import { coreModule } from '../../generated/backends/modules.ts';
import { instantiate, type Backends as Root, type ImportObject } from '../../generated/backends/backends.js';
import { clock, random } from '../capabilities/ambient.ts';
import { isRefusal, Refusal } from '../component/refusal.ts';
import type { Imports } from '../component/types.ts';
import { sql } from '../platform/sql.ts';

export type BackendsImports = Imports<ImportObject>;

/** What an instance is asked for. Its blob storage is not: pages are in R2. */
export type Backends = Pick<Root, 'kv' | 'jobs' | 'values'>;

/** The adapter of one object. After a failure the next call finds a fresh instance. */
export class Adapter {
  readonly #storage: SqlStorage;
  #backends: Backends | undefined;

  constructor(storage: SqlStorage) {
    this.#storage = storage;
  }

  call<T>(call: (backends: Backends) => T): T {
    const backends = (this.#backends ??= open(this.#storage));
    try {
      return call(backends);
    } catch (error) {
      if (!isRefusal(error)) this.#backends = undefined;
      throw error;
    }
  }
}

function open(storage: SqlStorage): Backends {
  const imports: BackendsImports = {
    'wandstore:platform/sql': sql(storage),
    // Neither the key-value storage nor the jobs have anything to be set.
    'wandstore:platform/variables': { get: () => undefined },
    'wandstore:platform/outbound': { send: unreachable },
    'wandstore:capabilities/clock': clock,
    'wandstore:capabilities/random': random,
  };
  return instantiate(coreModule, imports as unknown as ImportObject);
}

/** Only a bucket would be reached by HTTP, and without variables the adapter knows of none. */
function unreachable(): never {
  throw new Refusal({ tag: 'failed', val: 'an object reaches no service' });
}

/** A resource of a component's, to be given back when its scope ends. jco's types leave that out. */
export function owned<R>(resource: R): R & Disposable {
  return resource as R & Disposable;
}
