//! `clock`, `random` and `log`.

import type { Scope } from '../component/scope.ts';
import type { StorefrontImports } from '../component/storefront.ts';

export const clock: StorefrontImports['wandstore:capabilities/clock'] = {
  nowMs: () => BigInt(Date.now()),
};

export const random: StorefrontImports['wandstore:capabilities/random'] = {
  getU64: () => crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n,
};

export function log(scope: () => Scope): StorefrontImports['wandstore:capabilities/log'] {
  return {
    event(level, message, particulars) {
      write(level, message, { during: scope().during, ...Object.fromEntries(particulars) });
    },
  };
}

/** Logs one event as one line of JSON. Particulars must not contain secrets or a shopper's own words. */
export function write(
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  particulars: Record<string, string | number>,
): void {
  console[level](JSON.stringify({ level, message, ...particulars }));
}
