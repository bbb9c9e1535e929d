//! The built Worker in workerd on this machine, with KV, R2, Durable Objects, alarms and assets, joined as
//! `wrangler.jsonc` says. For `serve.mjs` and the tests.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from 'wrangler';

/**
 * Starts a bundle that `npm run build` made.
 *
 * @param {{
 *   bundle?: string,
 *   entry?: string,
 *   port?: number,
 *   persist?: string,
 *   vars?: Record<string, string>,
 *   onOutput?: (line: string) => void,
 * }} options `bundle` is the folder of the bundle and `entry` its script; `persist` is that of the data, which is thrown away without.
 */
export async function start({ bundle = 'dist', entry = 'worker.js', port = 0, persist, vars = {}, onOutput = console.error } = {}) {
  const configured = workerOptionsOf(join(import.meta.dirname, 'wrangler.jsonc'));
  const { modulesRules: _, ...workerOptions } = configured.workerOptions;
  const folder = join(import.meta.dirname, bundle);
  // What wrangler reads out of its configuration is in the form that Miniflare took up to version 4.
  const options = convertV4MiniflareOptions({
    host: '127.0.0.1',
    port,
    cf: false,
    log: new Log(LogLevel.ERROR),
    handleStructuredLogs: ({ message }) => onOutput(message),
    ...(persist ? { resourcePersistencePath: persist } : {}),
    workers: [
      {
        name: 'wandstore',
        ...workerOptions,
        bindings: { ...workerOptions.bindings, ...vars },
        rootPath: folder,
        modulesRoot: folder,
        modules: await modulesOf(folder, entry),
      },
    ],
  });
  return new Miniflare(options);
}

/**
 * The script of a bundle, and the core modules that it imports.
 *
 * @param {string} folder
 * @param {string} entry
 */
async function modulesOf(folder, entry) {
  const wasm = (await readdir(folder)).filter((file) => file.endsWith('.wasm'));
  return [
    { type: /** @type {const} */ ('ESModule'), path: join(folder, entry) },
    ...wasm.map((file) => ({ type: /** @type {const} */ ('CompiledWasm'), path: join(folder, file) })),
  ];
}
