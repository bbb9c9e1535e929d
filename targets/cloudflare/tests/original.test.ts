//! This deployment in the place of the original: over its Worker, its objects and its data.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { start } from '../local.ts';
import { open } from './shop.ts';

const POOL = Array.from({ length: 10 }, (_, number) => `pool-${number}`);
const ROOT = join(import.meta.dirname, '..');

interface Config {
  name: string;
  kv_namespaces: { binding: string }[];
  r2_buckets: { binding: string; bucket_name: string }[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
  migrations: { tag: string }[];
  vars: Record<string, string>;
}

test('members take over the objects of the original, whatever these hold', async (t) => {
  const persist = await afterTheOriginal(t);
  const shop = await open(t, { persist });
  const shoppers = Array.from({ length: 30 }, (_, number) => `shopper-${number}`);
  for (const shopper of shoppers) assert.equal((await shop.page(shopper)).headers.get('x-generation-triggered'), 'true');
  for (const shopper of shoppers) {
    assert.equal((await shop.statusPast(shopper, ['queued', 'running', 'unknown'])).state, 'ready', shop.log.join('\n'));
    assert.equal((await shop.page(shopper)).headers.get('x-cache'), 'HIT');
  }
  const members = await shop.pool();
  assert.deepEqual(members.map(({ name }) => name), POOL);
  for (const { queued, running, dead } of members) assert.deepEqual([queued, running, dead], [0, 0, 0]);
  assert.deepEqual(shop.log.filter((line) => /"level":"(warn|error)"|Error/.test(line)), []);
});

test('an alarm of the original that is due does nothing', async (t) => {
  const persist = await afterTheOriginal(t);
  const shop = await open(t, { persist });
  await setTimeout(3000);
  // workerd notes by itself that a busy machine runs alarms late.
  assert.deepEqual(shop.log.filter((line) => !line.includes('SQLite alarm overdue')), []);
  for (const { queued, running, dead } of await shop.pool()) assert.deepEqual([queued, running, dead], [0, 0, 0]);
});

test('a deployment over the original finds its names and its migrations', async () => {
  const [ours, original] = await Promise.all([configOf('.'), configOf('tests/original')]);
  assert.equal(ours.name, original.name);
  assert.deepEqual(ours.kv_namespaces, original.kv_namespaces);
  assert.deepEqual(ours.r2_buckets, original.r2_buckets);
  for (const binding of original.durable_objects.bindings) {
    assert.deepEqual(ours.durable_objects.bindings.filter(({ name }) => name === binding.name), [binding]);
  }
  assert.deepEqual(ours.migrations.slice(0, original.migrations.length), original.migrations);
  for (const [name, value] of Object.entries(original.vars)) assert.equal(ours.vars[name], value);
});

/** The data that the original leaves when it is replaced: ten objects, each with an alarm. */
async function afterTheOriginal(t: TestContext): Promise<string> {
  const persist = await mkdtemp(join(tmpdir(), 'wandstore-'));
  t.after(() => rm(persist, { recursive: true }));
  const original = await start({ bundle: 'dist/original', config: 'tests/original/wrangler.jsonc', persist });
  const { origin } = await original.ready;
  for (const name of POOL) assert.equal(await (await fetch(`${origin}/${name}`)).text(), 'filled');
  await original.dispose();
  return persist;
}

async function configOf(folder: string): Promise<Config> {
  const text = await readFile(join(ROOT, folder, 'wrangler.jsonc'), 'utf8');
  return JSON.parse(text.replace(/^\s*\/\/.*$/gm, '')) as Config;
}
