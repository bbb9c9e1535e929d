// The simulated Shopify shop: the binary `dev-shop`, and what is done to it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

import { BINARY } from './server.js';

const DEV_SHOP = process.env.DEV_SHOP_BIN ?? join(dirname(BINARY), 'dev-shop');
const START_MS_MAX = 30_000;

/** A shop that has the app. */
export class Shop {
  /** Where it is. */
  origin;
  /** Its domain at Shopify. */
  domain;
  /** Its token for the Storefront API. */
  token;
  #process;

  /** Opens it; the app is, or will be, at `app`. `options` are those of the command line. */
  static async open(app, options = []) {
    const shop = new Shop();
    const option = (name, otherwise) => (options.includes(name) ? options[options.indexOf(name) + 1] : otherwise);
    shop.domain = option('--shop', 'magic-wands.myshopify.com');
    shop.token = option('--token', 'simulated-token');
    shop.#process = spawn(DEV_SHOP, ['--listen', '127.0.0.1:0', '--app', app, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    process.on('exit', () => shop.#process.kill('SIGKILL'));
    const lines = createInterface(shop.#process.stdout);
    [shop.origin] = await once(lines, 'line', { signal: AbortSignal.timeout(START_MS_MAX) });
    return shop;
  }

  /** Its name in the addresses of Shopify's admin. */
  get name() {
    return this.domain.split('.')[0];
  }

  close() {
    this.#process.kill('SIGKILL');
  }

  /** Changes a product; Shopify tells the app, which must take it. */
  async change(handle, change) {
    const { status } = await this.post(`/simulator/products/${handle}`, change);
    assert.equal(status, 200);
  }

  /** Sends a webhook; what became of it. */
  webhook(topic, how = '') {
    return this.post(`/simulator/webhooks/${topic}${how}`);
  }

  /** Waits until Shopify Flow was told of an event, and returns its fields. */
  async flow(handle) {
    for (;;) {
      const told = await (await fetch(`${this.origin}/simulator/flow`)).json();
      const found = told.filter((event) => event.handle === handle);
      if (found.length) {
        assert.equal(found.length, 1, `${handle} is told once`);
        return found[0].payload;
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  async post(path, body) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(this.origin + path, { method: 'POST', headers, body: body && JSON.stringify(body) });
    assert.equal(answer.status, 200, path);
    return answer.json();
  }
}
