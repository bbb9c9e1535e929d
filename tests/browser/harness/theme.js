// What stories inside a theme play on: a model, the app, a shop of Shopify's that has it, and a browser.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { freeAddress } from './address.js';
import { Model } from './model.js';
import { plan } from './plan.js';
import { Platform } from './platform.js';
import { Server } from './server.js';
import { Shop } from './shop.js';
import { CHROMIUM, DESKTOP, STORY_MS_MAX, WAIT_MS_MAX } from './stage.js';

const VARIABLES = {
  SHOPIFY_STORE: 'magic-wands.myshopify.com',
  SHOPIFY_API_KEY: 'simulated-key',
  SHOPIFY_API_SECRET: 'simulated-secret',
  SHOPIFY_ACCESS_TOKEN: 'simulated-token',
  WANDSTORE_ENCRYPTION_KEY: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
};

/** Opens everything; `shops` are the options of each shop. All shops have one app, whose own shop is the first. */
export async function openTheme(...shops) {
  return openThemeWith({}, ...shops);
}

/**
 * The same with an operator's configuration, in an environment (only in `production` shoppers are compared), and with a data
 * folder that is prepared before the app starts.
 */
export async function openThemeWith({ config, environment = 'development', prepare }, ...shops) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  const listen = await freeAddress();
  const opened = await Promise.all((shops.length ? shops : [[]]).map((options) => Shop.open(`http://${listen}`, options)));
  const [shop] = opened;
  const model = await Model.open();
  // Shops with one domain are one shop at several addresses; those with domains of their own are told apart.
  const isOne = opened.every(({ domain }) => domain === shop.domain);
  const platform = isOne ? null : await Platform.open(opened);
  const origin = platform?.origin ?? shop.origin;
  const own = { ENVIRONMENT: environment, SHOPIFY_ORIGIN: origin, WANDSTORE_PUBLIC_URL: shop.origin };
  const server = await Server.start(model.url, { listen, env: { ...VARIABLES, ...own }, config, prepare });
  const browser = await chromium.launch(CHROMIUM);
  after(async () => {
    await browser.close();
    await server.stop();
    platform?.close();
    for (const each of opened) each.close();
    await model.close();
  });

  /** A test with a new visitor. `consents` is their answer to the shop's banner. */
  const story = (sentence, tell, { consents = false, at = shop, ...options } = {}) => test(sentence, { timeout: STORY_MS_MAX }, async (t) => {
    model.think();
    const profile = await browser.newContext({ viewport: DESKTOP, ...options });
    t.after(() => profile.close());
    profile.setDefaultTimeout(WAIT_MS_MAX);
    if (consents) await profile.addCookies([{ name: '_tracking_consent', value: '1', url: at.origin }]);
    await profile.addInitScript({ path: fileURLToPath(new URL('witness.js', import.meta.url)) });
    const visitor = new Visitor(await profile.newPage(), at);
    await tell(visitor);
    // What everybody shares is not to wait for a model that thinks for ever.
    model.say(plan);
    assert.deepEqual(visitor.complaints, []);
  });
  return { model, story, shop, shops: opened };
}

/** Somebody in the shop. */
class Visitor {
  page;
  shop;
  /** What the page asked the app proxy for: paths with their queries. */
  asked = [];
  /** Events that were reported. */
  events = [];
  complaints = [];

  constructor(page, shop) {
    this.page = page;
    this.shop = shop;
    page.on('request', (request) => this.#note(request));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      // A page that waits for approval is looked at in a frame that runs no script.
      if (message.text().startsWith("Blocked script execution in 'about:srcdoc'")) return;
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
  }

  #note(request) {
    const url = new URL(request.url());
    if (url.origin !== this.shop.origin || !/\/(fragment|status|track)$/.test(url.pathname)) return;
    this.asked.push(url.pathname + url.search);
    if (url.pathname.endsWith('/track')) this.events.push(...JSON.parse(request.postData()).events);
  }

  get block() {
    return this.page.locator('wand-storefront');
  }

  /** Comes to the shop as the visitor with this id, in a session of its own. */
  async become(id) {
    // A page of the shop without our script.
    await this.page.goto(`${this.shop.origin}/password`);
    await this.page.evaluate((visitor) => {
      sessionStorage.clear();
      localStorage.setItem('wand:visitor', visitor);
    }, id);
  }

  /** Opens a page, and waits for what the block shows at first; the headers of the fragment. */
  async visit(path = '/') {
    const answer = this.page.waitForResponse((response) => new URL(response.url()).pathname.endsWith('/fragment'));
    await this.page.goto(this.shop.origin + path);
    const headers = await (await answer).allHeaders();
    await this.page.locator('wand-storefront[data-state="shown"]').waitFor();
    return headers;
  }

  /** Waits for the page that was made for them. */
  async seeSwap() {
    await this.page.locator('wand-storefront[data-generated="true"]').waitFor();
    await this.page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  }

  shifts() {
    return this.page.evaluate(() => {
      window.witness.settle();
      return window.witness.shifts;
    });
  }

  /** What the browser keeps for the script. */
  stored() {
    return this.page.evaluate(() => ({ ...localStorage, ...sessionStorage }));
  }

  /** Changes their mind about the banner. */
  async say(consent) {
    await this.page.getByLabel('Consent').setChecked(consent);
  }

  async picture(name, options) {
    const folder = process.env.SCREENSHOTS;
    if (folder) await this.page.screenshot({ path: join(folder, `${name}.png`), ...options });
  }
}
