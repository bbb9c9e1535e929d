//! What one call of a component is about. Glue reads it; a component never sees it.

import type { Env } from '../env.ts';
import type { Jobs } from '../capabilities/jobs.ts';

/** One call, and what it may reach. */
export interface Scope {
  env: Env;
  /** The request or job, for the log. */
  during: string;
  /** The address of the client whose request it is; none during a job. */
  client?: string | undefined;
  /** Whether keys are read where writes are decided, instead of where that is quick. */
  exact: boolean;
  /** Where jobs are. */
  jobs: Jobs;
  /** Keys that Workers KV is known to be behind on, as `store key`. */
  contested: Set<string>;
  /** Keys that this call or one before it removed, likewise: Workers KV may list them for a while. */
  gone: Set<string>;
}
