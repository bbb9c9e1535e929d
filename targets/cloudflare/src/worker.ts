//! The Worker at the edge, and the objects behind it. It decides nothing about pages: the components do,
//! and they are the same bytes here as on every other host.

import type { Env } from './env.ts';
import { health } from './http/health.ts';
import { HEALTH } from './http/routes.ts';
import { answerShopper } from './http/shoppers.ts';

export { Keeper } from './objects/keeper.ts';
export { PoolMember } from './objects/pool-member.ts';

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    return pathname === HEALTH ? health(env) : answerShopper(env, request);
  },
} satisfies ExportedHandler<Env>;
