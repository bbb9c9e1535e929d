//! What shoppers get when the components fail: the fallback page of their shop, a static asset that was
//! exported with the components. Shoppers never get an error page.

import policies from '../../generated/fallback.json';
import type { Env } from '../env.ts';
import { refusal, typed, type Answer } from './answer.ts';

/** A self-contained page for a shop whose page was not exported. */
const LAST_RESORT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>One moment</title>
<style>
  :root { color-scheme: light dark }
  body { display: grid; place-content: center; min-height: 100vh; margin: 0; text-align: center }
  body { font: 18px/1.5 system-ui, sans-serif }
</style>
<main>
  <h1>The shop opens in a moment</h1>
  <p>This page looks again by itself.</p>
</main>
</html>
`;

/** The proxied paths whose responses the theme's script reads as JSON. Without a fragment, the script shows none. */
const TOLD_AS_JSON = ['/proxy/status', '/proxy/track'];

/** Returns the answer to a request that routing failed to answer. */
export async function rescue(env: Env, method: string, path: string): Promise<Answer> {
  if (path.startsWith('/s/')) return page(env, path.slice('/s/'.length));
  if (path === '/proxy' || path === '/proxy/') return page(env, '');
  // Shopify retries a webhook that was not accepted.
  if (path.startsWith('/webhook')) return refusal(503, 'the webhook could not be taken');
  if (!(path.startsWith('/api/') || TOLD_AS_JSON.includes(path))) return refusal(404, 'there is nothing here');
  const known = method === 'POST' ? { stored: 0 } : { state: 'unknown' };
  const headers = typed('application/json');
  headers.set('x-wandstore', 'status');
  return { status: 200, headers, body: new TextEncoder().encode(JSON.stringify(known)) };
}

async function page(env: Env, shop: string): Promise<Answer> {
  const headers = typed('text/html; charset=utf-8');
  headers.set('x-cache', 'MISS');
  headers.set('x-generated', 'false');
  headers.set('x-generation-triggered', 'false');
  const policy = new Map(Object.entries(policies)).get(shop);
  const body = policy === undefined ? undefined : await asset(env, shop);
  if (policy !== undefined && body) headers.set('content-security-policy', policy);
  return { status: 200, headers, body: body ?? new TextEncoder().encode(LAST_RESORT) };
}

async function asset(env: Env, shop: string): Promise<Uint8Array | undefined> {
  try {
    const found = await env.ASSETS.fetch(`https://assets.invalid/fallback/${shop}.html`);
    return found.ok ? new Uint8Array(await found.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  }
}
