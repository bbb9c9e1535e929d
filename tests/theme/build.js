// The extension's script, from its modules: Shopify loads one file, and wants it small before it is compressed too.

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const SHOPIFY = new URL('../../shopify/', import.meta.url);
const BANNER = '// Built from shopify/script.';

/** The script's text. */
export async function built() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('script/wand.js', SHOPIFY))],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    banner: { js: BANNER },
    write: false,
  });
  return outputFiles[0].text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL('extensions/wand/assets/wand.js', SHOPIFY), await built());
}
