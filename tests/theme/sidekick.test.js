// The tools of Sidekick in a sandbox like Shopify's: what they ask, and what they answer if nobody answers them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { runInNewContext } from 'node:vm';

import { build } from 'esbuild';

const FOLDER = new URL('../../shopify/extensions/sidekick/', import.meta.url);
const { outputFiles } = await build({
  entryPoints: [new URL('src/index.js', FOLDER).pathname], bundle: true, format: 'iife', globalName: 'extension', write: false,
});

/** Runs the extension, whose requests `fetch` answers; its tools. */
function registered(fetch) {
  const tools = new Map();
  runInNewContext(`${outputFiles[0].text}\nextension.default();`, {
    fetch, shopify: { tools: { register: (name, handler) => tools.set(name, handler) } },
  });
  return tools;
}

test('every tool that is declared is there, and asks Wandstore', async () => {
  const asked = [];
  const tools = registered(async (address) => {
    asked.push(address);
    return { ok: true, json: async () => ({ address }) };
  });
  const declared = JSON.parse(await readFile(new URL('tools.json', FOLDER), 'utf8')).map(({ name }) => name);
  assert.deepEqual([...tools.keys()], declared);
  for (const [name, handler] of tools) {
    const { address } = await handler({});
    assert.equal(address, `/admin/sidekick/${name}`);
  }
  assert.equal(asked.length, declared.length);
});

test('Sidekick is told if Wandstore does not answer', async () => {
  for (const fetch of [async () => ({ ok: false }), async () => { throw new TypeError('offline'); }]) {
    const { error } = await registered(fetch).get('cost')({});
    assert.match(error, /did not answer/);
  }
});
