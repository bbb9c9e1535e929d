//! Key-value storage: who decides a write, and what is read.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { modelThatWaits } from './model.ts';
import { open, type Shop } from './shop.ts';

interface Keeper {
  get(store: string, key: string): Promise<{ value?: { bytes: Uint8Array; version: bigint } }>;
  set(store: string, key: string, bytes: Uint8Array, ttlSeconds?: number): Promise<unknown>;
  compareAndSwap(
    store: string,
    key: string,
    expected: bigint | undefined,
    bytes: Uint8Array,
    ttlSeconds?: number,
  ): Promise<{ value: { tag: string; val?: bigint } }>;
  delete(store: string, key: string): Promise<{ value: boolean }>;
}

interface Bindings {
  KEEPER: { idFromName(name: string): unknown; get(id: unknown): Keeper };
  UI_CACHE: {
    put(key: string, value: string): Promise<void>;
    get(key: string): Promise<string | null>;
    getWithMetadata(key: string): Promise<{ value: string | null; metadata: { version: number } | null }>;
  };
}

const bytes = (text: string) => new TextEncoder().encode(text);

async function keeperOf(shop: Shop) {
  const { KEEPER, UI_CACHE } = await shop.server.getBindings<Bindings>();
  return { keeper: KEEPER.get(KEEPER.idFromName('keeper-0')), UI_CACHE };
}

test('of two racers for an absent key exactly one wins', async (t) => {
  const { keeper, UI_CACHE } = await keeperOf(await open(t));
  for (let round = 0; round < 20; round += 1) {
    const race = (text: string) => keeper.compareAndSwap('UI_CACHE', `key-${round}`, undefined, bytes(text), 600);
    const swaps = await Promise.all([race('one'), race('two'), race('three')]);
    assert.deepEqual(swaps.map(({ value }) => value.tag).sort(), ['done', 'lost', 'lost']);
    const winner = ['one', 'two', 'three'][swaps.findIndex(({ value }) => value.tag === 'done')];
    assert.equal(await UI_CACHE.get(`key-${round}`), winner);
  }
});

test('a swap requires the current version, and a copy contains its version', async (t) => {
  const { keeper, UI_CACHE } = await keeperOf(await open(t));
  await keeper.set('UI_CACHE', 'key', bytes('old'));
  const { metadata } = await UI_CACHE.getWithMetadata('key');
  const version = BigInt(metadata?.version ?? -1);
  assert.equal((await keeper.get('UI_CACHE', 'key')).value?.version, version);
  assert.equal((await keeper.compareAndSwap('UI_CACHE', 'key', version + 1n, bytes('wrong'))).value.tag, 'lost');
  assert.equal((await keeper.compareAndSwap('UI_CACHE', 'key', version, bytes('new'))).value.tag, 'done');
  assert.equal(await UI_CACHE.get('key'), 'new');
  assert.equal((await keeper.delete('UI_CACHE', 'key')).value, true);
  assert.equal((await keeper.delete('UI_CACHE', 'key')).value, false);
  assert.equal(await UI_CACHE.get('key'), null);
});

test('after many writes of a key at once, Workers KV ends with the last one', async (t) => {
  const { keeper, UI_CACHE } = await keeperOf(await open(t));
  await Promise.all(Array.from({ length: 30 }, (_, index) => keeper.set('UI_CACHE', 'key', bytes(`${index}`))));
  const { value } = await keeper.get('UI_CACHE', 'key');
  assert.equal(await UI_CACHE.get('key'), new TextDecoder().decode(value?.bytes));
});

test('a page that the original deployment left is served, stale, until it is replaced', async (t) => {
  const shop = await open(t);
  const { UI_CACHE } = await keeperOf(shop);
  await UI_CACHE.put('ui:magic-wands:abc123', '<!doctype html><title>Left behind</title>');
  const left = await shop.page('abc123');
  assert.equal(left.headers.get('x-cache'), 'STALE');
  assert.match(await left.text(), /Left behind/);
  assert.equal((await shop.status('abc123')).state, 'ready');
  const made = await shop.page('abc123');
  assert.equal(made.headers.get('x-cache'), 'HIT');
  assert.doesNotMatch(await made.text(), /Left behind/);
});

test('an isolate trusts its copy of a shop\'s record for a configured time, which may be zero', async (t) => {
  for (const [trust, expected] of [['60', 'HIT'], ['0', 'STALE']] as const) {
    const shop = await open(t, { vars: { EDGE_TRUST: trust } });
    const { UI_CACHE } = await keeperOf(shop);
    await shop.page('abc123');
    assert.equal((await shop.status('abc123')).state, 'ready');
    assert.equal((await shop.page('abc123')).headers.get('x-cache'), 'HIT');
    // Another data centre bumps the catalog version; this isolate is not notified.
    await UI_CACHE.put('catalog:magic-wands', '7');
    assert.equal((await shop.page('abc123')).headers.get('x-cache'), expected);
  }
});

test('a page is always read from Workers KV', async (t) => {
  const { vars } = await modelThatWaits(t);
  const shop = await open(t, { vars: { ...vars, EDGE_TRUST: '60' } });
  const { UI_CACHE } = await keeperOf(shop);
  for (const text of ['first', 'second']) {
    await UI_CACHE.put('ui:magic-wands:abc123', `<title>${text}</title>`);
    assert.match(await (await shop.page('abc123')).text(), new RegExp(text));
  }
});
