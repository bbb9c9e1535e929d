//! What a hit costs in workerd: the deployed bundle against plain JavaScript that reads the same key of Workers KV, in
//! one process and one run. CPU time is the process's own; Workers KV is a process of its own.
//!
//!     npm run bench -- [--seconds 5] [--rounds 3] [--bundle FOLDER] [--profile FILE]

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { record } from './profile.ts';

const ROOT = join(import.meta.dirname, '..');
const WORKERD = join(ROOT, 'node_modules', '.bin', 'workerd');
const PORTS = { worker: 8801, plain: 8802, kv: 8803, cache: 8804, inspector: 8805 };
const TARGET = '/s/magic-wands?shopper=bench';
const KEY = 'ui:magic-wands:bench';
/** The page size that the performance target refers to. */
const PAGE_BYTES = 16 << 10;
const CONNECTIONS = 8;
const TICKS_PER_SECOND = 100;
/** The server runs on one core; the load and Workers KV on the other. */
const [SERVER_CORE, LOAD_CORE] = ['0', '1'];

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    bundle: { type: 'string', default: 'dist/worker' },
    profile: { type: 'string' },
  },
});

interface Load {
  perSecond: number;
  cpuMs: number;
}

const folder = join(ROOT, 'dist', 'bench');
await mkdir(folder, { recursive: true });
const running: ChildProcess[] = [];
try {
  await serve('kv', LOAD_CORE, platformConfig());
  const entry = { method: 'PUT', body: page(), headers: { 'cf-kv-metadata': '{"version":1}' } };
  await fetch(`http://127.0.0.1:${PORTS.kv}/${encodeURIComponent(KEY)}`, entry);
  const server = await serve('server', SERVER_CORE, await serverConfig(resolve(ROOT, options.bundle)));
  await requireHit();
  for (const which of ['worker', 'plain'] as const) load(which, server, 2);
  if (options.profile) {
    const profiled = record(`ws://127.0.0.1:${PORTS.inspector}/worker`, resolve(options.profile));
    await (await profiled)(() => load('worker', server, Number(options.seconds)));
  } else {
    measure(server);
  }
} finally {
  for (const process of running) process.kill('SIGKILL');
}

/** Measures both in turn, and prints the medians. */
function measure(server: ChildProcess): void {
  const loads: Record<'worker' | 'plain', Load[]> = { worker: [], plain: [] };
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const which of ['plain', 'worker'] as const) loads[which].push(load(which, server, Number(options.seconds)));
  }
  const [plain, worker] = [median(loads.plain), median(loads.worker)];
  console.log(`plain JavaScript  ${line(plain)}`);
  console.log(`a hit             ${line(worker)}`);
  const [byCpu, byRequests] = [plain.cpuMs / worker.cpuMs, worker.perSecond / plain.perSecond];
  console.log(`ratio             ${byCpu.toFixed(2)} by CPU, ${byRequests.toFixed(2)} by requests`);
}

function line({ perSecond, cpuMs }: Load): string {
  return `${perSecond.toFixed(0).padStart(6)} requests/s  ${cpuMs.toFixed(3)} ms of CPU each`;
}

function median(loads: Load[]): Load {
  return loads.toSorted((one, other) => one.cpuMs - other.cpuMs)[Math.floor(loads.length / 2)] as Load;
}

/** Loads a service for some seconds, and returns what a request cost. */
function load(of: 'worker' | 'plain', server: ChildProcess, seconds: number): Load {
  const url = `http://127.0.0.1:${PORTS[of]}${TARGET}`;
  const before = cpuMsOf(server);
  const wrk = ['-c', LOAD_CORE, 'wrk', '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, url];
  const output = execFileSync('taskset', wrk, { encoding: 'utf8' });
  const cpuMs = cpuMsOf(server) - before;
  const requests = Number(/(\d+) requests in/.exec(output)?.[1]);
  if (/Non-2xx|Socket errors/.test(output)) throw new Error(output);
  return { perSecond: requests / seconds, cpuMs: cpuMs / requests };
}

/** CPU time that a process has used, of all its threads. */
function cpuMsOf({ pid }: ChildProcess): number {
  const stat = execFileSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8' });
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

async function requireHit(): Promise<void> {
  const answers = await Promise.all(
    (['worker', 'plain'] as const).map((of) => fetch(`http://127.0.0.1:${PORTS[of]}${TARGET}`)),
  );
  const [hit, plain] = answers;
  if (hit?.headers.get('x-cache') !== 'HIT') throw new Error(`not a hit: ${JSON.stringify([...(hit?.headers ?? [])])}`);
  if (!plain?.ok) throw new Error(`plain JavaScript: ${plain?.status}`);
  console.log(`a page of ${(await hit.arrayBuffer()).byteLength} bytes, ${CONNECTIONS} connections`);
}

/** A page as caching stores it, which does not expire. */
function page(): string {
  return '<!--wand explorer 50 local bench 1 99999999999999 0-->\n<!doctype html>'.padEnd(PAGE_BYTES, 'x');
}

/** Starts workerd with a configuration, and waits until it listens. */
async function serve(name: string, core: string, config: string): Promise<ChildProcess> {
  const path = join(folder, `${name}.capnp`);
  await writeFile(path, config);
  const inspector = options.profile && name === 'server' ? [`--inspector-addr=127.0.0.1:${PORTS.inspector}`] : [];
  const command = ['-c', core, WORKERD, 'serve', ...inspector, '--experimental', path];
  const process = spawn('taskset', command, { stdio: ['ignore', 'inherit', 'inherit'] });
  running.push(process);
  const port = name === 'kv' ? PORTS.kv : PORTS.worker;
  for (let tries = 0; tries < 100 && process.exitCode === null; tries += 1) {
    if (await fetch(`http://127.0.0.1:${port}/health-of-bench`).then(() => true, () => false)) return process;
    await setTimeout(100);
  }
  throw new Error(`workerd does not listen on ${port}`);
}

/** Workers KV and the cache of the data centre. */
function platformConfig(): string {
  const services = ['kv', 'cache'].map((name) => `(name = "${name}", worker = (
      compatibilityDate = "2026-11-01",
      modules = [(name = "${name}.js", esModule = embed ${embedded(join(import.meta.dirname, `${name}.js`))})],
    ))`);
  const sockets = (['kv', 'cache'] as const).map(
    (name) => `(name = "${name}", address = "127.0.0.1:${PORTS[name]}", http = (), service = "${name}")`,
  );
  return config(`services = [${services}], sockets = [${sockets}],`);
}

async function serverConfig(bundle: string): Promise<string> {
  const wasm = (await readdir(bundle)).filter((file) => file.endsWith('.wasm'));
  const embed = (kind: string, file: string) =>
    `(name = "${file}", ${kind} = embed ${embedded(join(bundle, file))})`;
  const modules = [embed('esModule', 'worker.js'), ...wasm.map((file) => embed('wasm', file))];
  const stores = ['UI_CACHE', 'GENERATION_QUEUE', 'SHOPPER_SESSIONS'];
  const { vars } = JSON.parse((await readFile(join(ROOT, 'wrangler.jsonc'), 'utf8')).replace(/^\s*\/\/.*$/gm, ''));
  const bindings = [
    ...stores.map((name) => `(name = "${name}", kvNamespace = "kv")`),
    ...Object.entries(vars).map(([name, value]) => `(name = "${name}", text = ${JSON.stringify(value)})`),
    '(name = "UI_STORAGE", r2Bucket = "nothing")',
    '(name = "ASSETS", service = "nothing")',
    '(name = "AI_GENERATOR", durableObjectNamespace = "AIGeneratorContainer")',
    '(name = "KEEPER", durableObjectNamespace = "Keeper")',
  ];
  const objects = join(folder, 'objects');
  await mkdir(objects, { recursive: true });
  const plain = join(import.meta.dirname, 'plain.js');
  return config(`
    services = [
      (name = "worker", worker = (
        compatibilityDate = "2026-11-01",
        modules = [${modules.join(',\n')}],
        bindings = [${bindings.join(',\n')}],
        durableObjectNamespaces = [
          (className = "AIGeneratorContainer", uniqueKey = "AIGeneratorContainer", enableSql = true),
          (className = "Keeper", uniqueKey = "Keeper", enableSql = true),
        ],
        durableObjectStorage = (localDisk = "objects"),
        cacheApiOutbound = "cache",
      )),
      (name = "plain", worker = (
        compatibilityDate = "2026-11-01",
        modules = [(name = "plain.js", esModule = embed ${embedded(plain)})],
        bindings = [(name = "UI_CACHE", kvNamespace = "kv")],
      )),
      (name = "nothing", worker = (
        compatibilityDate = "2026-11-01",
        modules = [(name = "nothing.js", esModule =
          "export default { fetch: () => new Response(null, { status: 404 }) };")],
      )),
      (name = "kv", external = (address = "127.0.0.1:${PORTS.kv}", http = ())),
      (name = "cache", external = (address = "127.0.0.1:${PORTS.cache}", http = (style = proxy))),
      (name = "objects", disk = (path = ${JSON.stringify(objects)}, writable = true)),
    ],
    sockets = [
      (name = "worker", address = "127.0.0.1:${PORTS.worker}", http = (), service = "worker"),
      (name = "plain", address = "127.0.0.1:${PORTS.plain}", http = (), service = "plain"),
    ],`);
}

/** A file's path, from the folder of the configuration. */
function embedded(path: string): string {
  return JSON.stringify(relative(folder, path));
}

function config(fields: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";\nconst config :Workerd.Config = (${fields}\n);\n`;
}
