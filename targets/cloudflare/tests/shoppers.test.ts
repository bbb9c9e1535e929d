//! What shoppers see, over HTTP.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open } from './shop.ts';

interface Bindings {
  SHOPPER_SESSIONS: { get(key: string): Promise<string | null> };
}

interface Health {
  status: string;
  components: { role: string; sha256: string }[];
}

const ROLES = ['caching', 'catalog', 'generation', 'queueing', 'routing'];

test('a shopper gets the fallback page at once and their own page soon after', async (t) => {
  const shop = await open(t);
  const first = await shop.page('abc123');
  assert.equal(first.status, 200);
  assert.equal(first.headers.get('x-cache'), 'MISS');
  assert.equal(first.headers.get('x-generation-triggered'), 'true');
  assert.equal((await shop.status('abc123')).state, 'ready');
  const second = await shop.page('abc123');
  assert.equal(second.headers.get('x-cache'), 'HIT');
  assert.equal(second.headers.get('x-generated'), 'true');
  assert.match((await second.text()).slice(0, 200), /^<!doctype html>/, 'the metadata of a page are not served');
});

test('a stream sends each state once and then ends', async (t) => {
  const shop = await open(t);
  await shop.page('streamed');
  const answer = await shop.get('/api/generation/status?store=magic-wands&shopper=streamed&wait=20', {
    headers: { accept: 'text/event-stream' },
  });
  assert.equal(answer.headers.get('content-type'), 'text/event-stream');
  const events = (await answer.text()).split('\n\n').filter((event) => event !== '');
  const states = events.map((event) => JSON.parse(event.replace('data: ', '')).state);
  assert.equal(states.at(-1), 'ready');
  assert.equal(new Set(states).size, states.length);
});

test('a bumped catalog version makes a page stale, and it is rendered again', async (t) => {
  const shop = await open(t);
  await shop.page('abc123');
  assert.equal((await shop.status('abc123')).state, 'ready');
  const bumped = await shop.get('/debug/bump-catalog-version?store=magic-wands', { method: 'POST' });
  assert.equal(bumped.status, 200, await bumped.text());
  const stale = await shop.page('abc123');
  assert.equal(stale.headers.get('x-cache'), 'STALE');
  assert.equal(stale.headers.get('x-generated'), 'true');
  assert.equal((await shop.status('abc123')).state, 'ready');
  assert.equal((await shop.page('abc123')).headers.get('x-cache'), 'HIT');
});

test('signals of a shopper that arrive at once are all kept', async (t) => {
  const shop = await open(t);
  const track = (product: string) =>
    shop.get('/api/shopper/track', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ store: 'magic-wands', shopper: 'busy', events: [{ type: 'view', product }] }),
    });
  const answers = await Promise.all(['a', 'b', 'c'].map(track));
  for (const answer of answers) assert.deepEqual(await answer.json(), { stored: 1 });
  const { SHOPPER_SESSIONS } = await shop.server.getBindings<Bindings>();
  const session = await until(() => SHOPPER_SESSIONS.get('session:magic-wands:busy'));
  for (const product of ['a', 'b', 'c']) assert.ok(session.includes(`"${product}"`), session);
});

test('a request that is too long or too large is refused before any component sees it', async (t) => {
  const shop = await open(t);
  const long = await shop.get(`/s/magic-wands?shopper=${'a'.repeat(8192)}`);
  assert.equal(long.status, 414);
  const many = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`x-field-${index}`, 'a']));
  assert.equal((await shop.get('/s/magic-wands?shopper=a', { headers: many })).status, 431);
  const body = JSON.stringify({ store: 'magic-wands', shopper: 'a', events: [], more: 'a'.repeat(20_000) });
  assert.equal((await shop.get('/api/shopper/track', { method: 'POST', body })).status, 413);
});

test('HEAD has the header fields of GET and no body', async (t) => {
  const shop = await open(t);
  const answer = await shop.get('/s/magic-wands?shopper=abc123', { method: 'HEAD' });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('x-cache'), 'MISS');
  assert.ok(Number(answer.headers.get('content-length')) > 1000);
  assert.equal(await answer.text(), '');
});

test('health tells the digests of the components that the bundle was made from', async (t) => {
  const shop = await open(t);
  const health = (await (await shop.get('/health')).json()) as Health;
  assert.equal(health.status, 'ok');
  assert.deepEqual(health.components.map(({ role }) => role).sort(), ROLES);
  for (const { sha256 } of health.components) assert.match(sha256, /^[0-9a-f]{64}$/);
});

/** Sessions are copied to Workers KV in the background, by an alarm. */
async function until(read: () => Promise<string | null>): Promise<string> {
  for (let asked = 0; asked < 100; asked += 1) {
    const found = await read();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('nothing was copied');
}
