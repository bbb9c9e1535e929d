// Makes catalog.wasm of catalog.js: SpiderMonkey with the script in it, started once so that an
// instance begins where the script has run. All WASI features are off: what is left imports types only.

import { componentize } from '@bytecodealliance/componentize-js';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const WIT = here('../../../wit');

/** The tool takes one folder: a package, and those that it depends on under `deps`. */
const withWit = async (use) => {
  const folder = await mkdtemp(join(tmpdir(), 'wandstore-wit-'));
  try {
    await cp(join(WIT, 'storefront'), folder, { recursive: true });
    await mkdir(join(folder, 'deps'));
    await cp(join(WIT, 'capabilities'), join(folder, 'deps/capabilities'), { recursive: true });
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const { component } = await withWit((witPath) => componentize({
  sourcePath: here('catalog.js'),
  witPath,
  worldName: 'catalog-demo',
  disableFeatures: ['stdio', 'random', 'clocks', 'http', 'fetch-event'],
}));
await writeFile(here('catalog.wasm'), component);
console.log(`catalog.wasm: ${(component.length / 2 ** 20).toFixed(1)} MiB`);
