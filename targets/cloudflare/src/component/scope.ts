//! The context of one call to a component. Only the glue reads it; a component never sees it.

import type { Env } from '../env.ts';
import type { Jobs } from '../capabilities/jobs.ts';

/** The context of one call. */
export interface Scope {
  env: Env;
  /** The request or job, for the log. */
  during: string;
  /** The address of the client that sent the request; absent during a job. */
  client?: string | undefined;
  /** Whether keys are read from the keepers instead of from faster copies. */
  exact: boolean;
  /** The jobs of the call. */
  jobs: Jobs;
  /** Keys for which Workers KV is known to be outdated, as `store key`. */
  contested: Set<string>;
  /** Keys that this call or an earlier one removed, as `store key`: Workers KV may list them for a while. */
  gone: Set<string>;
}
