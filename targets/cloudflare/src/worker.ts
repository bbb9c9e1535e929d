//! The Worker at the edge, and the objects behind it. It decides nothing about pages: the components do,
//! and they are the same bytes here as on every other host.

import type { Env } from './env.ts';
import { health } from './http/health.ts';
import { pathOf, targetOf } from './http/request.ts';
import { HEALTH } from './http/routes.ts';
import { answerShopper } from './http/shoppers.ts';

export { Keeper } from './objects/keeper.ts';
export { PoolMember as AIGeneratorContainer } from './objects/pool-member.ts';

export default {
  async fetch(request, env) {
    const target = targetOf(request);
    return pathOf(target) === HEALTH ? health(env) : answerShopper(env, request, target);
  },
} satisfies ExportedHandler<Env>;
