// What the block costs a shop, as Shopify weighs it: Lighthouse's performance on the pages of the simulated theme, with and
// without the app in the theme, by turns (https://shopify.dev/docs/apps/build/performance/storefront).
//
// `cargo xtask storefront-cost` runs it. It prints medians, and fails if the app costs more than it may.

import { parseArgs } from 'node:util';

import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

import { freeAddress } from '../browser/harness/address.js';
import { Model } from '../browser/harness/model.js';
import { plan } from '../browser/harness/plan.js';
import { Server } from '../browser/harness/server.js';
import { Shop } from '../browser/harness/shop.js';

/** Pages of the theme, and how much of the score each is. */
const PAGES = [
  { name: 'home', path: '/', weight: 0.17 },
  { name: 'product', path: '/products/ember-oak-wand', weight: 0.40 },
  { name: 'collection', path: '/collections/all', weight: 0.43 },
];
/** The most points that the app may cost. Shopify allows 10. */
const POINTS_MAX = 2;
/** The most that anything may move because of the app. */
const CLS_MAX = 0.001;

const VARIABLES = {
  SHOPIFY_STORE: 'magic-wands.myshopify.com',
  SHOPIFY_API_KEY: 'simulated-key',
  SHOPIFY_API_SECRET: 'simulated-secret',
  SHOPIFY_ACCESS_TOKEN: 'simulated-token',
  WANDSTORE_ENCRYPTION_KEY: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
};

const { values: { runs } } = parseArgs({ options: { runs: { type: 'string', default: '9' } } });

/** The median of numbers. */
const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];

/** Looks at a page once, as somebody who was never here, on a slow phone. */
async function look(address) {
  const chrome = await launch({
    chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  try {
    const { lhr } = await lighthouse(address, { port: chrome.port, onlyCategories: ['performance'], logLevel: 'error' });
    if (lhr.runtimeError) throw new Error(`${address}: ${lhr.runtimeError.message}`);
    const { audits, categories } = lhr;
    return {
      score: categories.performance.score * 100,
      lcp: audits['largest-contentful-paint'].numericValue,
      tbt: audits['total-blocking-time'].numericValue,
      cls: audits['cumulative-layout-shift'].numericValue,
      bytes: audits['total-byte-weight'].numericValue,
    };
  } finally {
    chrome.kill();
  }
}

const listen = await freeAddress();
const [withApp, without] = await Promise.all([[], ['--no-blocks']].map((options) => Shop.open(`http://${listen}`, options)));
const model = await Model.open();
const env = { ...VARIABLES, SHOPIFY_ORIGIN: withApp.origin, WANDSTORE_PUBLIC_URL: withApp.origin };
const server = await Server.start(model.url, { listen, env });
model.say(plan);

let failed = false;
try {
  const table = [];
  let points = 0;
  for (const { name, path, weight } of PAGES) {
    // The catalog is asked before, as in a shop that has visitors.
    for (const shop of [withApp, without]) await fetch(shop.origin + path);
    const seen = { with: [], without: [] };
    for (let run = 0; run < Number(runs); run += 1) {
      seen.with.push(await look(withApp.origin + path));
      seen.without.push(await look(without.origin + path));
    }
    const of = (side, measure) => median(seen[side].map((found) => found[measure]));
    const cost = of('without', 'score') - of('with', 'score');
    points += weight * cost;
    failed ||= of('with', 'cls') > of('without', 'cls') + CLS_MAX;
    const both = (measure, digits = 0) => `${of('with', measure).toFixed(digits)} / ${of('without', measure).toFixed(digits)}`;
    const kib = ((of('with', 'bytes') - of('without', 'bytes')) / 1024).toFixed(1);
    table.push(`| ${name} | ${weight * 100} % | ${both('score')} | ${both('lcp')} ms | ${both('tbt')} ms | ${both('cls', 3)} | ${kib} KiB |`);
    console.log(table.at(-1));
  }
  failed ||= points > POINTS_MAX;
  console.log('\n| page | weight | score with / without | LCP | TBT | CLS | bytes of the app |\n|---|---:|---:|---:|---:|---:|---:|');
  console.log(table.join('\n'));
  console.log(`\nThe app costs ${points.toFixed(2)} points (medians of ${runs} runs by turns; at most ${POINTS_MAX}).`);
} finally {
  await server.stop();
  for (const shop of [withApp, without]) shop.close();
  await model.close();
}
if (failed) console.error('The app costs more than it may.');
process.exit(failed ? 1 : 0);
