//! The answer when components fail: the fallback page of the shop, a static asset that was
//! exported with the components. Shoppers never get an error page.

import policies from '../../generated/fallback.json';
import type { Env } from '../env.ts';
import type { Answer } from './answer.ts';
import { FAILURES, ruleAt, shopIn, type Failure } from './routes.ts';

/** Returns the answer to a request that routing failed to answer, as the table of routes says. */
export async function rescue(env: Env, path: string): Promise<Answer> {
  const failure = ruleAt(path)?.onFailure ?? 'not-found';
  const answer = fixed(failure);
  const shop = failure === 'fallback-page' ? shopIn(path) : undefined;
  const policy = shop === undefined ? undefined : new Map(Object.entries(policies)).get(shop);
  const body = shop === undefined || policy === undefined ? undefined : await asset(env, shop);
  if (policy === undefined || body === undefined) return answer;
  answer.headers.set('content-security-policy', policy);
  return { ...answer, body };
}

/** Returns the answer that needs no shop. */
function fixed(failure: Failure): Answer {
  const { status, headers, body } = FAILURES[failure];
  return { status, headers: new Headers(headers as [string, string][]), body: new TextEncoder().encode(body) };
}

async function asset(env: Env, shop: string): Promise<Uint8Array | undefined> {
  try {
    const found = await env.ASSETS.fetch(`https://assets.invalid/fallback/${shop}.html`);
    return found.ok ? new Uint8Array(await found.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  }
}
