//! `counters`: in a Durable Object of their own, which all instances share.

import { Refusal, unwrap } from '../component/refusal.ts';
import type { Scope } from '../component/scope.ts';
import type { StorefrontImports } from '../component/storefront.ts';
import { keeperOfCounters } from '../objects/keeper-of.ts';

type Counters = StorefrontImports['wandstore:platform/counters'];
export type Counter = Parameters<Counters['take']>[0][number];

export function counters(scope: () => Scope): Counters {
  return {
    async take(wanted) {
      if (wanted.length === 0) return true;
      const { env } = scope();
      return unwrap(await keeperOfCounters(env).take(wanted).catch(unreachable));
    },
  };
}

function unreachable(error: unknown): never {
  throw new Refusal(error instanceof Error ? error.message : String(error));
}
