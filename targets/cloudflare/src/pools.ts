//! The maximum number of concurrent instances. An isolate has 128 MB of memory; an instance uses 6.6 MB from
//! the start. One isolate may hold the Worker, several pool members and several keepers at the same time.

import { Instances } from './component/instances.ts';

/** For short calls: requests, and claiming and completing jobs. */
export const serving = new Instances({ max: 8, wallMs: 5_000, patienceMs: 20_000 });

/** For generating pages, which may wait for a language model. */
export const generating = new Instances({ max: 3, wallMs: 180_000, patienceMs: 180_000 });
