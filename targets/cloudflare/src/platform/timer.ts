//! `timer`.

import type { StorefrontImports } from '../component/storefront.ts';

export const timer: StorefrontImports['wandstore:platform/timer'] = {
  sleep: (ms) => scheduler.wait(ms),
};
