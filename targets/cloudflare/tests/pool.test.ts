//! The pool: one live job per shopper across all members, and depth limits.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { modelThatWaits } from './model.ts';
import { open, type Shop } from './shop.ts';

test('two enqueued for one shopper at once are one job', async (t) => {
  const shop = await open(t, { vars: (await modelThatWaits(t)).vars });
  const enqueued = await Promise.all(Array.from({ length: 8 }, () => shop.generate('abc123')));
  assert.deepEqual([...new Set(enqueued.map(({ status }) => status))], [202]);
  assert.equal(new Set(enqueued.map(jobOf)).size, 1);
  assert.equal(await live(shop), 1);
});

test('a full member passes a job on, and the shopper still has one job only', async (t) => {
  const shop = await open(t, { vars: { ...((await modelThatWaits(t)).vars), POOL_SIZE: '2', MAX_QUEUE_DEPTH: '1' } });
  const [first, second] = withOneHome();
  const job = jobOf(await shop.generate(first));
  const passedOn = jobOf(await shop.generate(second));
  assert.notEqual(job, passedOn);
  assert.deepEqual((await shop.pool()).map(({ queued, running }) => queued + running), [1, 1]);
  const again = await Promise.all(Array.from({ length: 4 }, () => shop.generate(second)));
  assert.deepEqual([...new Set(again.map(jobOf))], [passedOn]);
  assert.equal((await shop.status(second, 0)).state, 'running');
});

test('a full pool refuses jobs and completes those that it has', async (t) => {
  const model = await modelThatWaits(t);
  const shop = await open(t, { vars: { ...model.vars, POOL_SIZE: '1', MAX_QUEUE_DEPTH: '2' } });
  for (const shopper of ['one', 'two']) assert.equal((await shop.generate(shopper)).status, 202);
  assert.equal((await shop.generate('three')).status, 429);
  const page = await shop.page('four');
  assert.equal(page.status, 200);
  assert.equal(page.headers.get('x-generation-refused'), 'queue-full');
  model.release();
  for (const shopper of ['one', 'two']) {
    assert.equal((await shop.statusPast(shopper, ['queued', 'running'])).state, 'ready');
  }
});

test('a job that was accepted is done after a restart', async (t) => {
  const persist = await mkdtemp(join(tmpdir(), 'wandstore-'));
  t.after(() => rm(persist, { recursive: true }));
  const before = await open(t, { persist, vars: (await modelThatWaits(t)).vars });
  assert.equal((await before.generate('abc123')).status, 202);
  await before.server.dispose();
  const after = await open(t, { persist });
  assert.equal((await after.statusPast('abc123', ['queued', 'running'])).state, 'ready');
  assert.equal((await after.page('abc123')).headers.get('x-cache'), 'HIT');
});

test('jobs of a removed member are completed', async (t) => {
  const persist = await mkdtemp(join(tmpdir(), 'wandstore-'));
  t.after(() => rm(persist, { recursive: true }));
  const shoppers = ['a', 'b', 'c', 'd'];
  const before = await open(t, { persist, vars: { ...((await modelThatWaits(t)).vars), POOL_SIZE: '4' } });
  for (const shopper of shoppers) assert.equal((await before.generate(shopper)).status, 202);
  await before.server.dispose();
  const after = await open(t, { persist, vars: { POOL_SIZE: '1' } });
  const made = async (shopper: string) => {
    const ready = async () => (await after.status(shopper, 0)).state === 'ready';
    for (const ends = Date.now() + 30_000; Date.now() < ends; await setTimeout(100)) if (await ready()) return true;
    return false;
  };
  assert.deepEqual(await Promise.all(shoppers.map(made)), [true, true, true, true], after.log.join('\n'));
});

/** Two shoppers with the same home in a pool of two, found among any three. */
function withOneHome(): [string, string] {
  const home = (shopper: string) => fold(`magic-wands:${shopper}`) % 2n;
  if (home('a') === home('b')) return ['a', 'b'];
  return home('a') === home('c') ? ['a', 'c'] : ['b', 'c'];
}

/** Queueing's hash for a shopper's home: FNV-1a, 64 bits, folded. */
function fold(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return (hash >> 32n) ^ (hash & 0xffffffffn);
}

async function live(shop: Shop): Promise<number> {
  return (await shop.pool()).reduce((sum, { queued, running }) => sum + queued + running, 0);
}

function jobOf({ body }: { body: Record<string, unknown> }): unknown {
  return body['job'];
}
