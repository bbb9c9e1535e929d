// The extension's scripts, from their modules: Shopify loads one file, and wants it small before it is compressed too.

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const SHOPIFY = new URL('../../shopify/', import.meta.url);
const BANNER = '// Built by tests/theme/build.js.';

/** The extension's scripts, each with what it is made of: the one that every page loads, and what only some load then. */
const ENTRIES = { 'wand.js': ['shopify/script/wand.js', 'iife'], 'countdown.js': ['crates/page/assets/countdown.js', 'esm'] };

/** The texts of the scripts by their names. */
export async function built() {
  const texts = Object.entries(ENTRIES).map(async ([name, [entry, format]]) => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL(`../${entry}`, SHOPIFY))],
      bundle: true,
      minify: true,
      format,
      target: 'es2022',
      banner: { js: BANNER },
      write: false,
    });
    return [name, outputFiles[0].text];
  });
  return Object.fromEntries(await Promise.all(texts));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const scripts = Object.entries(await built());
  await Promise.all(scripts.map(([name, text]) => writeFile(new URL(`extensions/wand/assets/${name}`, SHOPIFY), text)));
}
