//! Redaction deletes a shop's data from every tier, including data of the original deployment.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { DOMAIN, signed, VARIABLES, VISITOR, webhook } from './proxy.ts';
import { open, type Shop } from './shop.ts';

const STORES = ['UI_CACHE', 'GENERATION_QUEUE', 'SHOPPER_SESSIONS'] as const;
const KEEPERS = 16;

interface Namespace {
  list(): Promise<{ keys: { name: string }[] }>;
  put(key: string, value: string): Promise<void>;
}

type Bindings = Record<(typeof STORES)[number], Namespace> & {
  UI_STORAGE: { list(): Promise<{ objects: { key: string }[] }> };
  KEEPER: {
    idFromName(name: string): unknown;
    get(id: unknown): {
      listKeys(store: string, prefix: string, after: undefined, limit: number): Promise<{ value: string[] }>;
    };
  };
};

test('redacting a shop deletes its data from every tier', async (t) => {
  const shop = await open(t, { vars: { ...VARIABLES, POOL_SIZE: '3' } });
  const bindings = await shop.server.getBindings<Bindings>();
  await track(shop, 'customer=4711');
  for (const customer of ['', '4711', '4712']) await made(shop, customer);
  await bindings.UI_CACHE.put(`ui:${DOMAIN}:of-old`, 'a page of the original deployment');
  assert.ok((await everything(bindings)).length >= 7);

  assert.equal((await webhook(shop, 'shop/redact', { shop_domain: DOMAIN })).status, 200);
  assert.deepEqual(await leftOver(bindings), [], shop.log.join('\n'));
  assert.equal((await fragment(shop, '4711')).headers.get('x-cache'), 'MISS');
});

test('a forged webhook changes nothing', async (t) => {
  const shop = await open(t, { vars: VARIABLES });
  assert.equal((await webhook(shop, 'app/uninstalled', {}, { secret: 'a guess' })).status, 401);
  assert.equal((await fragment(shop, '')).status, 200);
});

/** All keys and objects that name the shop, except records of the redaction and its progress. */
async function everything({ UI_STORAGE, KEEPER, ...namespaces }: Bindings): Promise<string[]> {
  const found = (await UI_STORAGE.list()).objects.map(({ key }) => key);
  for (const store of STORES) {
    found.push(...(await namespaces[store].list()).keys.map(({ name }) => name));
    for (let number = 0; number < KEEPERS; number += 1) {
      const keeper = KEEPER.get(KEEPER.idFromName(`keeper-${number}`));
      found.push(...(await keeper.listKeys(store, '', undefined, 1000)).value);
    }
  }
  return found.filter((key) => key.includes(DOMAIN) && !/^(audit|seen|catalog|tally):/.test(key));
}

/** Waits until no more data is deleted, and returns what is left. */
async function leftOver(bindings: Bindings): Promise<string[]> {
  let left = await everything(bindings);
  for (const ends = Date.now() + 30_000; left.length > 0 && Date.now() < ends; await setTimeout(200)) {
    left = await everything(bindings);
  }
  return left;
}

async function made(shop: Shop, customer: string): Promise<void> {
  assert.equal((await fragment(shop, customer)).headers.get('x-cache'), 'MISS');
  const status = await shop.get(signed('/proxy/status', `${VISITOR}&wait=20`, customer));
  assert.equal(((await status.json()) as { state: string }).state, 'ready');
  assert.equal((await fragment(shop, customer)).headers.get('x-cache'), 'HIT');
}

function fragment(shop: Shop, customer: string): Promise<Response> {
  return shop.get(signed('/proxy/fragment', VISITOR, customer));
}

async function track(shop: Shop, nonce: string): Promise<void> {
  const body = JSON.stringify({ events: [{ type: 'view', product: 'willow-whisper' }] });
  const target = signed('/proxy/track', `${VISITOR}&nonce=${nonce.replace('=', '-')}-0123456789abcdef`, '4711');
  const headers = { 'content-type': 'application/json' };
  const answer = await shop.get(target, { method: 'POST', headers, body });
  assert.deepEqual(await answer.json(), { stored: 1 });
}
