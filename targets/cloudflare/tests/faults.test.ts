//! Failing parts of the platform, and what shoppers still get.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { signed, VARIABLES, VISITOR } from './proxy.ts';
import { open } from './shop.ts';

test('while the bucket is down shoppers are served, and their pages come afterwards', async (t) => {
  const shop = await open(t, { bundle: 'dist/faults' });
  await shop.page('early');
  assert.equal((await shop.status('early')).state, 'ready');
  await shop.breaks({ bucketDown: true });
  const known = await shop.page('early');
  assert.equal(known.headers.get('x-cache'), 'HIT');
  const fallback = await shop.page('late');
  assert.equal(fallback.status, 200);
  assert.equal(fallback.headers.get('x-cache'), 'MISS');
  await shop.breaks({ bucketDown: false });
  assert.equal((await shop.statusPast('late', ['queued', 'running', 'unknown'])).state, 'ready');
  assert.equal((await shop.page('late')).headers.get('x-cache'), 'HIT');
});

test('a member that dies in its alarm does the job in another life', async (t) => {
  const shop = await open(t, { bundle: 'dist/faults' });
  await shop.breaks({ crashes: 1 });
  await shop.page('survivor');
  assert.equal((await shop.statusPast('survivor', ['queued', 'running', 'unknown'])).state, 'ready');
  assert.equal((await shop.page('survivor')).headers.get('x-cache'), 'HIT');
  const done = shop.log.find((line) => line.includes('a job ended'));
  const left = await shop.get('/faults', { method: 'POST', body: '{}' });
  assert.equal(((await left.json()) as { crashes: number }).crashes, 0, 'it died once');
  assert.equal(JSON.parse(done ?? '{}').attempt, 1, `that it died is no attempt: ${shop.log.join('\n')}`);
});

test('where routing traps, the static fallback page is served', async (t) => {
  const shop = await open(t, { trap: 'wandstore:storefront/handler@0.1.0#handle' });
  const page = await shop.page('abc123');
  assert.equal(page.status, 200);
  assert.equal(page.headers.get('x-cache'), 'MISS');
  assert.equal(page.headers.get('x-generated'), 'false');
  assert.equal(page.headers.get('x-generation-triggered'), 'false');
  assert.match(page.headers.get('content-security-policy') ?? '', /script-src 'sha256-/);
  assert.match((await page.text()).slice(0, 400), /<title>Magic Wands<\/title>/);
  assert.equal((await shop.status('abc123', 0)).state, 'unknown');
  const tracked = await shop.get('/api/shopper/track', { method: 'POST', body: '{}' });
  assert.deepEqual(await tracked.json(), { stored: 0 });
  const other = await shop.get('/s/no-such-shop?shopper=abc123');
  assert.equal(other.status, 200);
  assert.match(await other.text(), /^<!doctype html>/);
});

test('where generation traps, the shopper keeps the fallback page and the job ends as a dead letter', async (t) => {
  const shop = await open(t, { trap: 'wandstore:storefront/generator@0.1.0#generate' });
  assert.equal((await shop.page('abc123')).status, 200);
  assert.equal((await shop.statusPast('abc123', ['queued', 'running'])).state, 'failed');
  const dead = (await shop.pool()).reduce((sum, member) => sum + member.dead, 0);
  assert.equal(dead, 1);
  const errors = (await (await shop.get('/debug/errors')).json()) as { settled: string }[];
  assert.equal(errors[0]?.settled, 'dead');
});

test('while Workers KV still says that a page is absent, the shopper gets it once it is ready', async (t) => {
  const shop = await open(t, { bundle: 'dist/faults', vars: VARIABLES });
  await shop.breaks({ absentMs: 60_000 });
  const fragment = () => shop.get(signed('/proxy/fragment', VISITOR));
  assert.equal((await fragment()).headers.get('x-cache'), 'MISS');
  const status = await (await shop.get(signed('/proxy/status', `${VISITOR}&wait=20`))).json();
  assert.equal((status as { state: string }).state, 'ready');
  for (let visit = 0; visit < 3; visit += 1) {
    const page = await fragment();
    assert.deepEqual([page.headers.get('x-cache'), page.headers.get('x-generated')], ['HIT', 'true']);
  }
});
