//! The operator's side: `ok` or `degraded`, always 200: shoppers are served either way.

import manifest from '../../generated/manifest.json';
import { jobsOfPool } from '../capabilities/jobs.ts';
import { keeperOf } from '../objects/keeper-of.ts';
import { variable, type Env } from '../env.ts';

/** How long a check may take before it counts as failed. */
const CHECK_MS = 2000;

type Outcome = 'ok' | 'failing' | 'slow';

export async function health(env: Env): Promise<Response> {
  const [kv, keeper, blob, jobs] = await Promise.all([
    check(env.UI_CACHE.get('health')),
    check(keeperOf(env, 'UI_CACHE', 'health').get('UI_CACHE', 'health')),
    check(env.UI_STORAGE.head('health')),
    check(Promise.resolve(jobsOfPool(env).measure('pool-0'))),
  ]);
  const llm = ['KIMI_API_KEY', 'AI_GATEWAY_URL', 'LLM_BASE_URL'].some((name) => variable(env, name));
  const checks = { kv: kv === 'ok' ? keeper : kv, blob, jobs, llm: llm ? 'configured' : 'local planner' };
  const isHealthy = [kv, keeper, blob, jobs].every((outcome) => outcome === 'ok');
  const status = isHealthy ? 'ok' : 'degraded';
  return Response.json({ status, version: manifest.version, checks, components: components() });
}

function components() {
  return Object.entries(manifest.components).map(([role, sha256]) => ({ role, sha256, origin: 'bundled' }));
}

async function check(answer: Promise<unknown>): Promise<Outcome> {
  const late = scheduler.wait(CHECK_MS).then((): Outcome => 'slow');
  const outcome = answer.then(
    (): Outcome => 'ok',
    (): Outcome => 'failing',
  );
  return Promise.race([outcome, late]);
}
