//! A report that the app was uninstalled may be repeated, or come late, when it is installed again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { DOMAIN, signed, VARIABLES, VISITOR, webhook } from './proxy.ts';
import { open, type Shop } from './shop.ts';

const FIRST = '2026-03-01T10:00:00.000Z';

test('a report that the app was uninstalled closes a shop once', async (t) => {
  const shop = await open(t, { vars: VARIABLES });
  assert.equal(await fragment(shop), 200);
  await uninstalled(shop, 'first', FIRST);
  await becomes(shop, 404);

  const reopened = await shop.get(`/debug/reopen?store=${DOMAIN}`, { method: 'POST' });
  assert.equal(reopened.status, 200, await reopened.text());
  await becomes(shop, 200);
  // Under another id, as after the mark of the first one has expired.
  await uninstalled(shop, 'repeated', FIRST);
  await uninstalled(shop, 'late', '2026-02-28T10:00:00.000Z');
  await setTimeout(3_000);
  assert.equal(await fragment(shop), 200, 'what an isolate has in memory of the shop is renewed by then');

  await uninstalled(shop, 'again', '2026-03-01T10:00:00.001Z');
  await becomes(shop, 404);
});

async function uninstalled(shop: Shop, id: string, triggeredAt: string): Promise<void> {
  const about = { id: 1, myshopify_domain: DOMAIN };
  const answer = await webhook(shop, 'app/uninstalled', about, { id, triggeredAt });
  assert.deepEqual([answer.status, await answer.json()], [200, { taken: true }]);
}

async function fragment(shop: Shop): Promise<number> {
  return (await shop.get(signed('/proxy/fragment', VISITOR))).status;
}

async function becomes(shop: Shop, status: number): Promise<void> {
  for (const ends = Date.now() + 30_000; Date.now() < ends; await setTimeout(100)) {
    if ((await fragment(shop)) === status) return;
  }
  assert.fail(`the shop is not answered ${status}\n${shop.log.join('\n')}`);
}
