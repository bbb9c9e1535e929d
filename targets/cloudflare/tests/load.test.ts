//! Many shoppers at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open } from './shop.ts';

const SHOPPERS = 200;

test('200 shoppers at once all get a page, and each their own later', async (t) => {
  const shop = await open(t);
  const shoppers = Array.from({ length: SHOPPERS }, (_, index) => `shopper-${index}`);
  const visit = async (shopper: string) => {
    const answer = await shop.page(shopper);
    await answer.text();
    return answer;
  };
  const first = await Promise.all(shoppers.map(visit));
  assert.deepEqual([...new Set(first.map((answer) => answer.status))], [200]);
  // On a busy machine a status may be unknown for a while; it is requested again.
  const passing = ['queued', 'running', 'unknown'];
  const states = await Promise.all(shoppers.map((shopper) => shop.statusPast(shopper, passing)));
  assert.deepEqual([...new Set(states.map(({ state }) => state))], ['ready']);
  const second = await Promise.all(shoppers.map(visit));
  assert.deepEqual([...new Set(second.map((answer) => answer.headers.get('x-cache')))], ['HIT']);
  for (const { queued, running, dead } of await shop.pool()) assert.deepEqual([queued, running, dead], [0, 0, 0]);
});
