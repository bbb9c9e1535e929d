//! An instance of the storage adapter over the storage of one Durable Object: the same component, and so
//! the same SQL, as on every other host. Its calls are synchronous, so each is atomic within the object.

import { coreModule } from '../../generated/backends/modules.ts';
import { instantiate, type Backends as Root, type ImportObject } from '../../generated/backends/backends.js';
import { clock, random } from '../capabilities/ambient.ts';
import { isRefusal, Refusal } from '../component/refusal.ts';
import type { Imports } from '../component/types.ts';
import { sql } from '../platform/sql.ts';

export type BackendsImports = Imports<ImportObject>;

/** The interfaces of an instance that are used. Blob storage is not, because pages are in R2. */
export type Backends = Pick<Root, 'kv' | 'jobs' | 'values' | 'counters'>;

/** The adapter of one object. After a failure, the next call creates a new instance. */
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
    // Neither the key-value storage nor the jobs have settings.
    'wandstore:platform/variables': { get: () => undefined },
    'wandstore:platform/outbound': { send: unreachable },
    'wandstore:capabilities/clock': clock,
    'wandstore:capabilities/random': random,
  };
  return instantiate(coreModule, imports as unknown as ImportObject);
}

/** Refuses HTTP requests. Only a bucket would need them, and without variables the adapter has no bucket. */
function unreachable(): never {
  throw new Refusal({ tag: 'failed', val: 'a Durable Object has no access to services' });
}

/** Casts a component's resource to one that is disposed of at the end of its scope, which jco's types omit. */
export function owned<R>(resource: R): R & Disposable {
  return resource as R & Disposable;
}
