//! A shop under test: the bundle in workerd, and what shoppers and tests do with it.

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { start } from '../local.ts';
import { trapping } from './trap.ts';

const ROOT = join(import.meta.dirname, '..');
/** Short retry pauses, so that tests are fast. */
const SETTINGS = {
  pool: { backoff_ms: 100, backoff_ms_max: 200 },
  shops: { 'magic-wands': { name: 'Magic Wands' } },
};

/** The time limit and the interval of polling. */
const PATIENCE_MS = 60_000;
const ASK_AGAIN_MS = 100;

export interface Options {
  bundle?: 'dist/worker' | 'dist/faults';
  vars?: Record<string, string>;
  persist?: string;
  /** An exported function that traps as soon as it is called. */
  trap?: string;
}

export interface State {
  state: string;
  source: string | null;
}

/** Opens a shop that closes at the end of the test. */
export async function open(test: TestContext, { bundle = 'dist/worker', vars = {}, persist, trap }: Options = {}) {
  const folder = trap ? await withTrap(test, bundle, trap) : join(ROOT, bundle);
  const log: string[] = [];
  const server = await start({
    bundle: folder,
    // Each shopper's job plans for itself, so that a test says how many jobs are under way.
    vars: { ENVIRONMENT: 'development', LIMITS: 'off', WANDSTORE_SETTINGS: JSON.stringify(SETTINGS), ...vars },
    onOutput: (line) => log.push(line),
    ...(persist ? { persist } : {}),
  });
  const address = await server.ready;
  // A test that restarts its shop has closed it already.
  test.after(() => server.dispose().catch(() => undefined));
  return new Shop(server, address.origin, log);
}

export class Shop {
  readonly server: Awaited<ReturnType<typeof start>>;
  readonly origin: string;
  readonly log: string[];

  constructor(server: Awaited<ReturnType<typeof start>>, origin: string, log: string[]) {
    this.server = server;
    this.origin = origin;
    this.log = log;
  }

  get(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.origin}${path}`, init);
  }

  page(shopper: string): Promise<Response> {
    return this.get(`/s/magic-wands?shopper=${shopper}`);
  }

  /** Returns the status of a shopper's page, after a wait. */
  async status(shopper: string, wait = 20): Promise<State> {
    const answer = await this.get(`/api/generation/status?store=magic-wands&shopper=${shopper}&wait=${wait}`);
    return (await answer.json()) as State;
  }

  /** Waits until the status is none of these, and returns it. */
  async statusPast(shopper: string, passing: string[]): Promise<State> {
    for (const ends = Date.now() + PATIENCE_MS; Date.now() < ends; await setTimeout(ASK_AGAIN_MS)) {
      const status = await this.status(shopper, 5);
      if (!passing.includes(status.state)) return status;
    }
    throw new Error(`the page of ${shopper} is still ${passing.join(' or ')}\n${this.log.join('\n')}`);
  }

  async generate(shopper: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await this.get(`/debug/generate?store=magic-wands&shopper=${shopper}`, { method: 'POST' });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  async pool(): Promise<{ name: string; queued: number; running: number; dead: number }[]> {
    return (await (await this.get('/debug/pool')).json()) as Awaited<ReturnType<Shop['pool']>>;
  }

  async breaks(faults: Record<string, unknown>): Promise<void> {
    await (await this.get('/faults', { method: 'POST', body: JSON.stringify(faults) })).text();
  }
}

/** A copy of the bundle in which one exported function of the components traps. */
async function withTrap(test: TestContext, bundle: string, exported: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wandstore-'));
  test.after(() => rm(folder, { recursive: true }));
  await cp(join(ROOT, bundle), folder, { recursive: true });
  let broken = 0;
  for (const file of (await readdir(folder)).filter((file) => file.endsWith('.wasm'))) {
    const path = join(folder, file);
    const changed = trapping(new Uint8Array(await readFile(path)), exported);
    if (!changed) continue;
    await writeFile(path, changed);
    broken += 1;
  }
  if (broken !== 1) throw new Error(`${broken} core modules export ${exported}`);
  return folder;
}
