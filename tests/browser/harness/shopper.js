// A shopper in front of a page, and what they can tell about it.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

/** Somebody who looks at one page. */
export class Shopper {
  /** Playwright's page. */
  page;
  /** The paths that the page asked for, oldest first. */
  asked = [];
  /** How often the page was loaded. */
  loads = 0;
  /** Errors and warnings on the console: of scripts, of requests, of the content security policy. */
  complaints = [];
  #address;

  constructor(page, shop) {
    this.page = page;
    this.#address = `${shop}?shopper=${randomUUID()}`;
    page.on('request', (request) => this.asked.push(new URL(request.url()).pathname));
    page.on('domcontentloaded', () => { this.loads += 1; });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
  }

  /** Opens the storefront; the headers of the answer. */
  async visit() {
    this.asked.length = 0;
    const response = await this.page.goto(this.#address);
    return response.headers();
  }

  /** Opens the storefront for the first time; the heading of the page that fits everybody. */
  async fallback() {
    const headers = await this.visit();
    assert.equal(headers['x-cache'], 'MISS');
    return this.heading();
  }

  /** Waits until the generated page was swapped in and nothing moves any more. */
  async seeSwap() {
    await this.page.locator('html[data-swapped="true"]').waitFor();
    await this.rest();
  }

  /** Waits until what was changed is painted and animations have ended. */
  async rest() {
    await this.page.evaluate(async () => {
      const painted = () => new Promise((done) => {
        requestAnimationFrame(() => requestAnimationFrame(done));
      });
      await painted();
      await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
      await painted();
    });
  }

  /** Waits until the pictures on the screen are there, or have failed; the texts of those that failed. */
  async missingPictures() {
    const pictures = await this.page.waitForFunction(() => {
      const onScreen = [...document.images].filter((picture) => {
        const { top, bottom } = picture.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
      });
      return onScreen.length > 0 && onScreen.every((picture) => picture.complete) && onScreen;
    });
    return pictures.evaluate((all) => all.filter((it) => it.naturalWidth === 0).map((it) => it.alt));
  }

  /** The heading of the page, which has no more than one. */
  heading() {
    return this.page.getByRole('heading', { level: 1 }).textContent();
  }

  /** What is for sale, from top to bottom: id, title, price, and where its link leads. */
  products() {
    return this.page.locator('main [data-id]').evaluateAll((elements) => elements.map((element) => {
      const link = element.querySelector('a[href]');
      const price = element.querySelector('.price').textContent;
      return { id: element.dataset.id, title: link.textContent, price, link: link.getAttribute('href') };
    }));
  }

  /** The products on the screen, and how far from its top they are. */
  productsInView() {
    return this.page.locator('main [data-id]').evaluateAll((elements) => elements.flatMap((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return bottom > 0 && top < innerHeight ? [{ id: element.dataset.id, top }] : [];
    }));
  }

  /** Demands what every page has: a heading, and products with titles, prices, links and pictures. */
  async isWhole() {
    assert.notEqual(await this.heading(), '');
    const products = await this.products();
    assert.ok(products.length >= 6, `there are ${products.length} products`);
    for (const { id, title, price, link } of products) {
      assert.notEqual(title, '');
      assert.match(price, /\$\d+\.\d\d/, title);
      assert.equal(link, `#product-${id}`);
    }
    assert.deepEqual(await this.missingPictures(), []);
  }

  /** Every shift of the layout since the page was opened. */
  shifts() {
    return this.page.evaluate(() => {
      window.witness.settle();
      return window.witness.shifts;
    });
  }

  /** How many view transitions there were. */
  transitions() {
    return this.page.evaluate(() => window.witness.transitions);
  }

  /** Keeps a picture of the screen in the folder SCREENSHOTS, if that is set. */
  async picture(name, options) {
    const folder = process.env.SCREENSHOTS;
    if (folder) await this.page.screenshot({ path: join(folder, `${name}.png`), ...options });
  }

  /** The same of the whole page, with the pictures that were not on the screen yet. */
  async wholePicture(name) {
    await this.page.evaluate(() => Promise.all([...document.images].map((picture) => {
      picture.loading = 'eager';
      return picture.decode();
    })));
    await this.picture(name, { fullPage: true });
  }
}
