//! The bundle holds the deployment's components, and nothing that has to be compiled when it runs.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import manifest from '../generated/manifest.json' with { type: 'json' };
import { sha256, takeApart } from '../build/component.ts';
import { shorten } from '../build/lean.ts';
import { mayWait } from '../build/synchronous.ts';

const ROOT = join(import.meta.dirname, '..');
const TARGET = join(ROOT, '..', '..', 'target');
const BUNDLE = join(ROOT, 'dist', 'worker');

async function read(...path: string[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(join(...path)));
}

test('every core module of the five components is uploaded as it is', async () => {
  const files = (await readdir(BUNDLE)).filter((file) => file.endsWith('.wasm'));
  const uploaded = new Set(await Promise.all(files.map(async (file) => sha256(await read(BUNDLE, file)))));
  for (const [role, digest] of Object.entries(manifest.components)) {
    const component = await read(TARGET, 'wandstore', `${role}.wasm`);
    assert.equal(sha256(component), digest, role);
    for (const module of takeApart(component).modules) assert.ok(uploaded.has(sha256(module)), role);
  }
});

test('the script compiles no WebAssembly', async () => {
  const script = await readFile(join(BUNDLE, 'worker.js'), 'utf8');
  assert.doesNotMatch(script, /new WebAssembly\.Module\(/);
});

test('a component that was changed is not the one that was composed', async () => {
  const storefront = await read(TARGET, 'cloudflare', 'storefront.wasm');
  const inside = new Set(takeApart(storefront).components.map(sha256));
  const routing = await read(TARGET, 'wandstore', 'routing.wasm');
  assert.ok(inside.has(sha256(routing)));
  routing[routing.length - 1] = (routing.at(-1) ?? 0) ^ 1;
  assert.ok(!inside.has(sha256(routing)));
});

test('truncated components are refused', async () => {
  const storefront = await read(TARGET, 'cloudflare', 'storefront.wasm');
  assert.throws(() => takeApart(storefront.subarray(0, storefront.length - 1)), /ends after the component/);
});

test('an import may wait unless the platform answers it at once', () => {
  assert.equal(mayWait('wandstore:capabilities/kv@0.1.0#get'), true);
  assert.equal(mayWait('wandstore:capabilities/clock@0.1.0#now-ms'), false);
  assert.equal(mayWait('wandstore:storefront/http-types@0.1.0#[method]request.header'), false);
  assert.equal(mayWait('wandstore:storefront/http-types@0.1.0#[method]request.body'), true);
});

test('every import reaches the glue without records of jco', async () => {
  const script = await readFile(join(ROOT, 'generated', 'storefront', 'storefront.js'), 'utf8');
  assert.doesNotMatch(script, /let trampoline\d+ = _trampoline\d+\.manuallyAsync/);
  assert.match(script, /let trampoline\d+ = true \? _importGlue\(/);
  assert.match(script, /const trampoline\d+ = _enterCall;/);
  assert.match(script, /const trampoline\d+ = _exitCall;/);
});

test('an import in a form that the build does not know is refused', () => {
  const other = "const _trampoline7 = function(arg0) {\n    return call(arg0);\n  }\n  _trampoline7.fnName = 'a:b/c#d';";
  assert.throws(() => shorten(other, 'other'), /import 7 has a form that the build does not know/);
  assert.throws(() => shorten('', 'empty'), /has no import/);
});
