//! The health check for the operator: `ok` or `degraded`, always with status 200, because shoppers are served
//! either way.

import manifest from '../../generated/manifest.json';
import { jobsOfPool } from '../capabilities/jobs.ts';
import { unwrap } from '../component/refusal.ts';
import { keeperOf } from '../objects/keeper-of.ts';
import { variable, type Env } from '../env.ts';

/** How long a check may take before it counts as failed. */
const CHECK_MS = 2000;

/** How long an outcome is reused, because anybody may ask and each check costs a write. */
const STANDS_MS = 2000;
const MARK_SECONDS = 60;

/** The variables that configure a language model. */
const MODEL = ['LLM_API_KEY', 'KIMI_API_KEY', 'AI_GATEWAY_URL', 'LLM_BASE_URL'];

type Outcome = 'ok' | 'failing';
type Checks = { kv: Outcome; blob: Outcome; jobs: Outcome };

let last: { checks: Checks; atMs: number } | undefined;

export async function health(env: Env): Promise<Response> {
  if (!last || Math.abs(Date.now() - last.atMs) >= STANDS_MS) {
    last = { checks: await checkAll(env), atMs: Date.now() };
  }
  const { checks } = last;
  const llm = MODEL.some((name) => variable(env, name));
  const status = Object.values(checks).every((outcome) => outcome === 'ok') ? 'ok' : 'degraded';
  const named = { ...checks, llm: llm ? 'configured' : 'local planner' };
  return Response.json({ status, version: manifest.version, checks: named, components: components() });
}

/** Writes to short-term and long-term storage, and checks the jobs, which a Durable Object keeps, like the keeper. */
async function checkAll(env: Env): Promise<Checks> {
  const mark = new TextEncoder().encode(String(Date.now()));
  const keep = async () =>
    unwrap(await keeperOf(env, 'UI_CACHE', 'health').set('UI_CACHE', 'health', mark, MARK_SECONDS));
  const [read, written, blob, jobs] = await Promise.all([
    check(env.UI_CACHE.get('health')),
    check(keep()),
    check(env.UI_STORAGE.put('health', mark)),
    check(Promise.resolve(jobsOfPool(env).stats('pool-0'))),
  ]);
  return { kv: read === 'ok' ? written : read, blob, jobs };
}

function components() {
  return Object.entries(manifest.components).map(([role, sha256]) => ({ role, sha256, origin: 'bundled' }));
}

async function check(answer: Promise<unknown>): Promise<Outcome> {
  const late = scheduler.wait(CHECK_MS).then((): Outcome => 'failing');
  const outcome = answer.then(
    (): Outcome => 'ok',
    (): Outcome => 'failing',
  );
  return Promise.race([outcome, late]);
}
