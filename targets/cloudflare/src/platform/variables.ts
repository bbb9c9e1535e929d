//! `variables`: the Worker's variables. The settings exported with the components are bundled and used
//! unless `WANDSTORE_SETTINGS` is set.

import settings from '../../generated/settings.json';
import type { Scope } from '../component/scope.ts';
import type { StorefrontImports } from '../component/storefront.ts';
import { variable, type Env } from '../env.ts';

const SETTINGS = 'WANDSTORE_SETTINGS';
/** The name under which components read the client's address, which is not a variable of the Worker. */
const CLIENT = 'REMOTE_ADDR';
const bundled = JSON.stringify(settings);

export function variables(scope: () => Scope): StorefrontImports['wandstore:platform/variables'] {
  return {
    get: (name) => (name === CLIENT ? scope().client : read(scope().env, name)),
  };
}

function read(env: Env, name: string): string | undefined {
  return variable(env, name) ?? (name === SETTINGS ? bundled : undefined);
}

/** The pool settings that the platform itself needs. */
export interface PoolSettings {
  size: number;
  jobsPerMember: number;
  leaseMs: number;
}

/** Returns the pool settings from variables, settings and defaults, in this order. */
export function poolSettings(env: Env): PoolSettings {
  const { pool = {} }: { pool?: Record<string, unknown> } = JSON.parse(read(env, SETTINGS) ?? '{}');
  const number = (value: unknown, otherwise: number): number =>
    Number.isInteger(Number(value ?? NaN)) && Number(value) > 0 ? Number(value) : otherwise;
  return {
    size: number(variable(env, 'POOL_SIZE'), number(pool['size'], 10)),
    jobsPerMember: number(pool['jobs_per_member'], 4),
    leaseMs: number(pool['lease_ms'], 60_000),
  };
}
