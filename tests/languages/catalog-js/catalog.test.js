// The catalog of this folder in the `wandstore` binary, as a shopper meets it. `npm run build` makes it first.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const BINARY = process.env.WANDSTORE_BIN
  ?? resolve(here('../../..'), process.env.CARGO_TARGET_DIR ?? 'target', 'debug/wandstore');
/** An engine for JavaScript is much to compile for a host that was not optimised itself. */
const START_MS_MAX = 600_000;

let folder;
let host;
let origin;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wandstore-catalog-js-'));
  await writeFile(join(folder, 'wandstore.toml'), `[components.catalog]\npath = "${here('catalog.wasm')}"\n`);
  host = spawn(BINARY, ['serve', '--listen', '127.0.0.1:0', '--data-dir', 'data'], {
    cwd: folder,
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // The first line that it prints is the address of a page.
  const [line] = await Promise.race([
    once(createInterface(host.stdout), 'line', { signal: AbortSignal.timeout(START_MS_MAX) }),
    once(host, 'exit').then(() => Promise.reject(new Error(`${BINARY} ended early`))),
  ]);
  ({ origin } = new URL(line));
});

after(async () => {
  if (host?.exitCode === null && host.kill('SIGKILL')) await once(host, 'exit');
  await rm(folder, { recursive: true, force: true });
});

const visit = async (shopper) => {
  const answer = await fetch(`${origin}/s/magic-wands?shopper=${shopper}`);
  assert.equal(answer.status, 200);
  return { cache: answer.headers.get('x-cache'), page: await answer.text() };
};

const finalState = async (shopper) => {
  const status = `${origin}/api/generation/status?store=magic-wands&shopper=${shopper}&wait=20`;
  for (;;) {
    const { state } = await (await fetch(status)).json();
    if (state !== 'queued' && state !== 'running') return state;
  }
};

test('the fallback page and the page made for a shopper sell what the script says', async () => {
  const first = await visit('abc123');
  assert.equal(first.cache, 'MISS');
  assert.match(first.page, /Plain Ash.*\$39\.00.*\$49\.00/s);
  assert.equal(await finalState('abc123'), 'ready');
  const second = await visit('abc123');
  assert.equal(second.cache, 'HIT');
  assert.match(second.page, /Plain Ash/);
  assert.doesNotMatch(second.page, /Hollow &amp; Thorn/, 'nothing of the demo catalog is left');
});

test('an instance answers again and again', async () => {
  for (let shopper = 0; shopper < 100; shopper++) {
    const { page } = await visit(`s${shopper}`);
    assert.match(page, /Willow Whisper/);
  }
});
