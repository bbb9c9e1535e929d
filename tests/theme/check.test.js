// What Shopify's own linter says of the extension, and how much of it a shopper has to load.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { themeCheckRun } from '@shopify/theme-check-node';

import { built } from './build.js';

const EXTENSION = fileURLToPath(new URL('../../shopify/extensions/wand', import.meta.url));
const CONFIG = fileURLToPath(new URL('theme-check.yml', import.meta.url));

/** What Shopify suggests, in bytes. */
const SCRIPT_BYTES_MAX = 10_000;
const STYLE_BYTES_MAX = 100_000;
const LIQUID_BYTES_MAX = 100_000;
const SCHEMA_NAME_CHARS_MAX = 25;

test('the theme check finds no error and nothing to warn of', async () => {
  const { offenses, theme } = await themeCheckRun(EXTENSION, CONFIG);
  const files = theme.map(({ uri }) => uri.split('/').at(-1));
  assert.ok(files.includes('storefront.liquid') && files.includes('embed.liquid'), `it read ${files}`);
  assert.deepEqual(offenses.map(({ check, uri, message }) => `${check}: ${uri.split('/').at(-1)}: ${message}`), []);
});

test('scripts and styles are as small as Shopify wants them when they are compressed', async () => {
  assert.ok(await compressed('assets', '.js') < SCRIPT_BYTES_MAX);
  assert.ok(await compressed('assets', '.css') < STYLE_BYTES_MAX);
});

test('there is less Liquid than may be', async () => {
  const sizes = await Promise.all((await names('blocks', '.liquid')).map(async (name) => (await read(name)).length));
  assert.ok(sizes.reduce((sum, size) => sum + size) < LIQUID_BYTES_MAX);
});

test('the names of blocks fit into the theme editor in every language', async () => {
  for (const name of await names('locales', '.schema.json')) {
    const { block, embed } = JSON.parse(await read(name));
    for (const label of [block.name, embed.name]) assert.ok(label.length < SCHEMA_NAME_CHARS_MAX, label);
  }
});

// Merchants read Shopify's admin, which is in fewer languages than shops are.
test('the texts for shoppers are in every language that pages have words in', async () => {
  const words = await readdir(new URL('../../crates/words/languages', import.meta.url));
  const texts = (await names('locales', '.json')).filter((name) => !name.endsWith('.schema.json'));
  const tags = (list) => list.map((name) => name.split('/').at(-1).split('.')[0]).sort();
  assert.deepEqual(tags(texts), tags(words));
});

test('the scripts match their source: after a change, run `npm run build`', async () => {
  const scripts = await built();
  assert.deepEqual(await names('assets', '.js'), Object.keys(scripts).map((name) => `assets/${name}`).sort());
  for (const [name, script] of Object.entries(scripts)) assert.equal(String(await read(`assets/${name}`)), script, name);
});

test('the scripts store and request only what their comments list', async () => {
  for (const name of await names('assets', '.js')) {
    assert.doesNotMatch(String(await read(name)), /document\.cookie|indexedDB|eval\(|https?:\/\//, name);
  }
});

async function names(folder, end) {
  const all = await readdir(`${EXTENSION}/${folder}`);
  return all.filter((name) => name.endsWith(end)).sort().map((name) => `${folder}/${name}`);
}

function read(name) {
  return readFile(`${EXTENSION}/${name}`);
}

async function compressed(folder, end) {
  const files = await Promise.all((await names(folder, end)).map(read));
  return files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
}
