//! Limits on what strangers can make the deployment do, which all of its instances share.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open, type Shop } from './shop.ts';

const LIMITED = { LIMITS: 'on' };

test('one client who invents shoppers gets a few pages made, and another client theirs', async (t) => {
  const shop = await open(t, { vars: LIMITED });
  const refused = await visits(shop, '203.0.113.9', 40);
  assert.ok(refused.length >= 40 - 33 && refused.length <= 40 - 30, `${refused.length} of 40 were refused`);
  assert.deepEqual([...new Set(refused)], ['limited']);
  assert.deepEqual(await visits(shop, '203.0.113.10', 5), []);
});

test('one client creates few sessions', async (t) => {
  const shop = await open(t, { vars: LIMITED });
  const statuses = [];
  for (let number = 0; number < 40; number += 1) {
    const body = JSON.stringify({ store: 'magic-wands', shopper: `invented-${number}`, events: [{ type: 'visit' }] });
    const headers = { 'cf-connecting-ip': '203.0.113.9' };
    statuses.push((await shop.get('/api/shopper/track', { method: 'POST', headers, body })).status);
  }
  const refused = statuses.filter((status) => status === 429).length;
  assert.ok(refused >= 40 - 33 && refused <= 40 - 30, statuses.join(' '));
});

/** Visits as so many shoppers, and returns why pages were not ordered. */
async function visits(shop: Shop, client: string, shoppers: number): Promise<string[]> {
  const reasons = [];
  for (let number = 0; number < shoppers; number += 1) {
    const headers = { 'cf-connecting-ip': client };
    const page = await shop.get(`/s/magic-wands?shopper=of-${client.replaceAll('.', '-')}-${number}`, { headers });
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<\/html>/);
    const reason = page.headers.get('x-generation-refused');
    if (reason !== null) reasons.push(reason);
  }
  return reasons;
}
