//! The built Worker in workerd on this machine, with KV, R2, Durable Objects, alarms and assets, joined as
//! `wrangler.jsonc` says. For `serve.mjs` and the tests.

import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from 'wrangler';

/** What wrangler calls the script of every bundle. */
const SCRIPT = 'worker.js';

export interface Options {
  /** The folder of a bundle that `npm run build` made. */
  bundle?: string;
  /** The configuration that names its bindings. */
  config?: string;
  /** 0 takes a free one. */
  port?: number;
  /** Where data is kept; without, it is thrown away. */
  persist?: string;
  /** Variables and secrets, over those of `wrangler.jsonc`. */
  vars?: Record<string, string>;
  /** Hears what the Worker logs. */
  onOutput?: (line: string) => void;
}

/** Starts a bundle. */
export async function start(options: Options = {}): Promise<Miniflare> {
  const { bundle = 'dist/worker', config = 'wrangler.jsonc' } = options;
  const { port = 0, persist, vars = {}, onOutput = console.error } = options;
  const configured = workerOptionsOf(join(import.meta.dirname, config));
  const { modulesRules: _, ...workerOptions } = configured.workerOptions;
  const folder = resolve(import.meta.dirname, bundle);
  // What wrangler reads out of its configuration is in the form that Miniflare took up to version 4.
  const bindings = Object.assign({}, workerOptions.bindings, vars);
  const modules = await modulesOf(folder);
  const code = { rootPath: folder, modulesRoot: folder, modules };
  const worker = { name: 'wandstore-runtime', ...workerOptions, bindings, ...code };
  const v4 = {
    host: '127.0.0.1',
    port,
    cf: false,
    log: new Log(LogLevel.ERROR),
    handleStructuredLogs: ({ message }: { message: string }) => onOutput(message),
    ...(persist ? { resourcePersistencePath: persist } : {}),
    workers: [worker],
  };
  return new Miniflare(convertV4MiniflareOptions(v4));
}

/** The script of a bundle, and the core modules that it imports. */
async function modulesOf(folder: string) {
  const wasm = (await readdir(folder)).filter((file) => file.endsWith('.wasm'));
  return [
    { type: 'ESModule' as const, path: join(folder, SCRIPT) },
    ...wasm.map((file) => ({ type: 'CompiledWasm' as const, path: join(folder, file) })),
  ];
}
