//! How many instances there may be at once. An isolate has 128 MB; an instance has 6.6 MB of memory from
//! the start. One isolate may hold the Worker and several members of the pool and keepers at the same time.

import { Instances } from './component/instances.ts';

/** For calls that are short: requests, and claiming and settling jobs. */
export const serving = new Instances({ max: 8, wallMs: 5_000, patienceMs: 20_000 });

/** For making pages, which may wait for a language model. */
export const generating = new Instances({ max: 3, wallMs: 180_000, patienceMs: 180_000 });
