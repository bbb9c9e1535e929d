// Plans twenty pages of the demo shop with a real model, and says what became of them.
//
//     node run.js <weights.gguf> [threads]
//
// `cargo xtask test --model` fetches the weights and runs this. The questions and answers are kept beside the weights.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { Server } from '../browser/harness/server.js';
import { Endpoint } from './endpoint.js';
import { Model } from './model.js';
import { failures, reportOf, rowOf } from './report.js';
import { SHOPPERS } from './shoppers.js';

/** A page may take this long: a small machine makes twenty tokens a second, and a page may take two answers. */
const PAGE_MS_MAX = 15 * 60_000;
const CONFIG = `
[llm]
retries = 0
timeout_ms = ${PAGE_MS_MAX}
idle_timeout_ms = 120000
[pool]
attempts_max = 1
[components.generation]
wall_ms = ${PAGE_MS_MAX}
`;
const NAME = 'SmolLM2-135M-Instruct';

const [weights, threads] = process.argv.slice(2);
const model = await Model.load(weights, threads && Number(threads));
const endpoint = await Endpoint.open(model, NAME);
const log = [];
const server = await Server.open(endpoint.url, {
  config: CONFIG,
  arguments: ['--log-json'],
  env: { LLM_MODEL: NAME, PLANS_PER: 'shopper' },
  log: (line) => log.push(JSON.parse(line)),
});
try {
  const rows = [];
  for (const shopper of SHOPPERS) {
    const row = await planned(shopper);
    console.log(`${row.shopper}: ${row.outcome}, ${row.tokensOut} tokens in ${row.seconds.toFixed(1)} s`);
    rows.push(row);
  }
  const kept = join(dirname(weights), 'exchanges.json');
  writeFileSync(kept, JSON.stringify(endpoint.exchanges, null, 1));
  console.log(`\n${reportOf(rows)}\n\nthe questions and answers are in ${kept}`);
  for (const failure of failures(rows)) {
    console.error(`FAILED: ${failure}`);
    process.exitCode = 1;
  }
} finally {
  await server.stop();
  await endpoint.close();
}
// llama.cpp's threads would keep the process.
process.exit();

/** Has the page of a shopper made, and sums it up. */
async function planned(shopper) {
  const [exchangesBefore, linesBefore, started] = [endpoint.exchanges.length, log.length, performance.now()];
  const { origin, pathname } = new URL(server.page);
  const store = pathname.split('/').pop();
  if (shopper.events.length > 0) await track(origin, { store, shopper: shopper.id, events: shopper.events });
  await made(origin, store, shopper.id);
  const { headers } = await fetch(`${server.page}?shopper=${shopper.id}`);
  await endpoint.settled();
  return rowOf({
    shopper,
    headers,
    exchanges: endpoint.exchanges.slice(exchangesBefore),
    log: log.slice(linesBefore),
    seconds: (performance.now() - started) / 1000,
  });
}

async function track(origin, report) {
  const response = await fetch(`${origin}/api/shopper/track`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(report),
  });
  const { stored } = await response.json();
  if (stored !== report.events.length) throw new Error(`${report.shopper}: ${stored} events were stored`);
}

/** Visits until there is a page. */
async function made(origin, store, shopper) {
  const until = Date.now() + PAGE_MS_MAX;
  while (Date.now() < until) {
    await fetch(`${server.page}?shopper=${shopper}`);
    const query = new URLSearchParams({ store, shopper, wait: 20 });
    const { state } = await (await fetch(`${origin}/api/generation/status?${query}`)).json();
    if (state === 'ready') return;
    if (state === 'failed') throw new Error(`the job of ${shopper} failed: ${log.at(-1)?.fields.message}`);
  }
  throw new Error(`no page of ${shopper} within ${PAGE_MS_MAX / 60_000} minutes`);
}
