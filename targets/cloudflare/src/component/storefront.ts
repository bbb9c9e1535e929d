//! An instance of the five components and their services, connected to this platform.

import { instantiate, type ImportObject, type Storefront as Root } from '../../generated/storefront/storefront.js';
import { coreModule } from '../../generated/storefront/modules.ts';
import { blob } from '../capabilities/blob.ts';
import { clock, random, log } from '../capabilities/ambient.ts';
import { kv } from '../capabilities/kv.ts';
import { jobs } from '../capabilities/jobs.ts';
import { values } from '../capabilities/values.ts';
import { httpTypes } from '../http/request.ts';
import { counters } from '../platform/counters.ts';
import { outbound } from '../platform/outbound.ts';
import { timer } from '../platform/timer.ts';
import { variables } from '../platform/variables.ts';
import type { Scope } from './scope.ts';
import type { Imports, Waiting } from './types.ts';

export type StorefrontImports = Imports<ImportObject>;

/** The exports of a storefront. */
export interface Exports {
  handler: Waiting<Root['handler']>;
  maintenance: Waiting<Root['maintenance']>;
  leases: Waiting<Root['leases']>;
  generator: Waiting<Root['generator']>;
}

export class Storefront {
  #scope: Scope | undefined;
  readonly #exports: Exports;

  constructor() {
    const scope = () => this.#current();
    const imports: StorefrontImports = {
      'wandstore:capabilities/values': values,
      'wandstore:capabilities/kv': kv(scope),
      'wandstore:capabilities/blob': blob(scope),
      'wandstore:capabilities/jobs': jobs(scope),
      'wandstore:capabilities/clock': clock,
      'wandstore:capabilities/random': random,
      'wandstore:capabilities/log': log(scope),
      'wandstore:storefront/http-types': httpTypes,
      'wandstore:platform/counters': counters(scope),
      'wandstore:platform/variables': variables(scope),
      'wandstore:platform/outbound': outbound,
      'wandstore:platform/timer': timer,
    };
    // jco's generated types support neither names without a version nor promises.
    this.#exports = instantiate(coreModule, imports as unknown as ImportObject) as unknown as Exports;
  }

  /** Runs one call. An abandoned call that continues after it can no longer access the scope. */
  async run<T>(scope: Scope, call: (exports: Exports) => Promise<T>): Promise<T> {
    this.#scope = scope;
    try {
      return await call(this.#exports);
    } finally {
      this.#scope = undefined;
    }
  }

  #current(): Scope {
    if (!this.#scope) throw new Error('this instance has no current call');
    return this.#scope;
  }
}
