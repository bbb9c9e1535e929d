// The `wandstore` binary, as an operator runs it, on a folder of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));
export const BINARY = process.env.WANDSTORE_BIN
  ?? resolve(WORKSPACE, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/wandstore');
const START_MS_MAX = 30_000;

/** A model that is down is asked once, so that no story waits for its recovery. */
const CONFIG = '[llm]\nretries = 0\n[pool]\nattempts_max = 1\n';

/** A `wandstore serve` of the demo shop. */
export class Server {
  /** Where the shop's page is. */
  page;
  #folder = mkdtempSync(join(tmpdir(), 'wandstore-browser-'));
  #process;

  /** Starts it and visits; its plans come from the model at `modelUrl`. The rest of `options` is an operator's. */
  static async start(modelUrl, options) {
    return Server.#started(modelUrl, options, (server) => server.#warmUp());
  }

  /** Starts it, and does not visit. */
  static async open(modelUrl, options) {
    return Server.#started(modelUrl, options, () => {});
  }

  static async #started(modelUrl, options, first) {
    const server = new Server(modelUrl, options);
    try {
      server.page = await server.#announced();
      await first(server);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** `log` gets every line of the log. `prepare` is called with the data folder before the server opens it. */
  constructor(modelUrl, { listen = '127.0.0.1:0', env: variables, config = CONFIG, arguments: more = [], log, prepare } = {}) {
    const data = join(this.#folder, 'data');
    writeFileSync(join(this.#folder, 'wandstore.toml'), config);
    prepare?.(data);
    const options = ['serve', '--listen', listen, '--data-dir', data, ...more];
    const env = { LLM_BASE_URL: modelUrl, LLM_MODEL: 'scripted', PLANS_PER: 'shopper', LIMITS: 'off', ...variables };
    this.#process = spawn(BINARY, options, { cwd: this.#folder, env });
    if (log) createInterface(this.#process.stderr).on('line', log);
    process.on('exit', this.#vanish);
  }

  /** Ends it at once, and forgets what it stored. */
  async stop() {
    const { pid, exitCode, signalCode } = this.#process;
    if (pid && exitCode === null && signalCode === null) {
      this.#process.kill('SIGKILL');
      await once(this.#process, 'exit');
    }
    this.#vanish();
    process.off('exit', this.#vanish);
  }

  #vanish = () => {
    this.#process.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  };

  /** Visits until a visit orders a page: the first ones may find a busy machine that has not written anything yet. */
  async #warmUp() {
    const until = Date.now() + START_MS_MAX;
    for (let visits = 1; ; visits += 1) {
      const { headers } = await fetch(`${this.page}?shopper=warm-up-${visits}`);
      if (headers.get('x-generation-triggered') === 'true') return;
      if (Date.now() > until) throw new Error(`${BINARY} orders no page: ${headers.get('x-generation-refused')}`);
    }
  }

  /** The first line that it prints is the address of the page for some shopper. */
  async #announced() {
    const log = text(this.#process.stderr);
    const ended = once(this.#process, 'close').then(async () => {
      throw new Error(`${BINARY} ended early: ${await log}`);
    });
    ended.catch(() => {});
    const lines = createInterface(this.#process.stdout);
    const announced = once(lines, 'line', { signal: AbortSignal.timeout(START_MS_MAX) });
    const [line] = await Promise.race([announced, ended]);
    const { origin, pathname } = new URL(line);
    return origin + pathname;
  }
}
