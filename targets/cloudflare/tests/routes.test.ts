//! The routes of the Worker are those of routing, and are found in the same way.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ruleAt, shopIn } from '../src/http/routes.ts';
import { open } from './shop.ts';

test('a path has the rule of its route', () => {
  for (const [path, failure] of [
    ['/s/magic-wands', 'fallback-page'],
    ['/s/magic%2Dwands', 'fallback-page'],
    ['/proxy', 'last-resort'],
    ['/proxy/', 'last-resort'],
    ['/proxy/status', 'state-unknown'],
    ['/proxy/track', 'nothing-stored'],
    ['/webhook/shopify', 'unavailable'],
    ['/debug/pool', 'not-found'],
  ]) {
    assert.equal(ruleAt(path ?? '')?.onFailure, failure, path);
  }
  assert.equal(ruleAt('/proxy/fragment')?.trustsForwarded, true);
  assert.equal(ruleAt('/api/generation/status')?.hasEvents, true);
});

test('a path without a route has none', () => {
  for (const path of ['', '/s', '/s/', '/s/a/b', '/proxyfragment', '/webhook', '/health', '/{store}']) {
    assert.equal(ruleAt(path), undefined, path);
  }
});

test('the shop of a page is decoded', () => {
  assert.equal(shopIn('/s/magic%2Dwands'), 'magic-wands');
  for (const path of ['/s/magic%2wands', '/s/', '/s/a/b', '/proxy']) assert.equal(shopIn(path), undefined, path);
});

test('where routing traps, every route is answered as the table says', async (t) => {
  const shop = await open(t, { trap: 'wandstore:storefront/handler@0.1.0#handle' });
  for (const [path, method, status, body] of [
    ['/proxy/status?shop=a', 'GET', 200, '{"state":"unknown"}'],
    ['/proxy/track?shop=a', 'POST', 200, '{"stored":0}'],
    ['/proxy/fragment?shop=a', 'GET', 404, 'there is nothing here\n'],
    ['/webhooks', 'POST', 503, 'try again later\n'],
    ['/s/a/b', 'GET', 404, 'there is nothing here\n'],
  ] as const) {
    const answer = await shop.get(path, { method, body: method === 'POST' ? '{}' : null });
    assert.deepEqual([answer.status, await answer.text()], [status, body], path);
  }
  const encoded = await shop.get('/s/magic%2Dwands?shopper=abc123');
  assert.match((await encoded.text()).slice(0, 400), /<title>Magic Wands<\/title>/);
  const inTheme = await shop.get('/proxy?shop=a');
  assert.deepEqual([inTheme.status, inTheme.headers.get('x-cache')], [200, 'MISS']);
});
