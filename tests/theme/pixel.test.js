// The web pixel in a sandbox like Shopify's: what it reports, about which shoppers, and where.

import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';

import { build } from 'esbuild';

const SOURCE = fileURLToPath(new URL('../../shopify/extensions/pixel/src/index.js', import.meta.url));
const VISITOR = 'abcdefghijklmnopqrstuv';
const SETTINGS = { address: 'https://wandstore.example/api/pixel', shop: 'magic-wands.myshopify.com' };

// Shopify's package only hands the function over.
const shopify = {
  name: 'shopify',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@shopify\/web-pixels-extension$/ }, ({ path }) => ({ path, namespace: 'shopify' }));
    onLoad({ filter: /.*/, namespace: 'shopify' }, () => ({ contents: 'export const { register } = globalThis;' }));
  },
};
const { outputFiles } = await build({ entryPoints: [SOURCE], bundle: true, format: 'iife', write: false, plugins: [shopify] });

/** Runs the pixel in a browser that stores `visitor`, and returns what it sends after `events`. */
async function sent(visitor, events) {
  const requests = [];
  const subscribers = {};
  const sandbox = {
    register: (pixel) => pixel({
      settings: SETTINGS,
      analytics: { subscribe: (name, then) => { subscribers[name] = then; } },
      browser: { localStorage: { getItem: async (key) => (key === 'wand:visitor' ? visitor : null) } },
    }),
    fetch: async (address, { body, ...options }) => { requests.push({ address, options, ...JSON.parse(body) }); },
  };
  runInNewContext(outputFiles[0].text, sandbox);
  for (const [name, data] of events) await subscribers[name]({ name, data });
  return requests;
}

const viewed = ['product_viewed', { productVariant: { product: { id: '7' } } }];
const carted = ['product_added_to_cart', { cartLine: { merchandise: { product: { id: '8' } } } }];
const ordered = (attributes) => ['checkout_completed', {
  checkout: { attributes, order: { id: 'gid://shopify/OrderIdentity/5678' }, totalPrice: { amount: 49.9, currencyCode: 'EUR' } },
}];

test('it reports what a known visitor does, and that they ordered', async () => {
  const requests = await sent(VISITOR, [viewed, carted, ordered([{ key: '_wandstore', value: VISITOR }])]);
  assert.deepEqual(requests.map(({ events }) => events[0]), [
    { type: 'view', product: '7' }, { type: 'add-to-cart', product: '8' },
    { type: 'ordered', order: '5678', value: '49.9', currency: 'EUR' },
  ]);
  for (const { address, store, shopper, options } of requests) {
    assert.deepEqual([address, store, shopper], [SETTINGS.address, SETTINGS.shop, VISITOR]);
    // A request with another media type would be asked for first, which the app does not answer.
    assert.equal(options.headers, undefined);
  }
});

test('it reports nothing about a shopper without an id from the theme', async () => {
  for (const unknown of [null, '', 'short', `${VISITOR}"`]) {
    assert.deepEqual(await sent(unknown, [viewed, carted, ordered([]), ordered([{ key: '_wandstore', value: unknown }])]), []);
  }
});

test('an event of another form is no error', async () => {
  assert.deepEqual(await sent(VISITOR, [['product_viewed', {}], ['checkout_completed', { checkout: {} }]]), []);
});
