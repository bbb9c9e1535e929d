// A second picture costs nobody anything before a pointer, or the focus of a keyboard, comes to its product.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test, { after } from 'node:test';
import { dirname, join } from 'node:path';

import { chromium } from 'playwright-core';

import { BINARY } from './harness/server.js';
import { CHROMIUM, DESKTOP, PHONE } from './harness/stage.js';

/** Built with the tests: `crates/page/examples/gallery.rs`. */
const EXAMPLE = join(dirname(BINARY), 'examples/gallery');
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

const { pages } = JSON.parse(execFileSync(EXAMPLE, ['sample'], { maxBuffer: 64 * 1024 * 1024 }));
const { html } = pages.find(({ name, kind }) => name === 'plain' && kind !== 'fallback');
const browser = await chromium.launch(CHROMIUM);
after(() => browser.close());

/** Shows the page with its second pictures on a server of their own; the page, and what is asked of that server. */
async function open(t, options) {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  const asked = [];
  await page.route('https://pictures.example/**', (route) => {
    asked.push(new URL(route.request().url()).pathname);
    return route.fulfill({ contentType: 'image/png', body: PIXEL });
  });
  let count = 0;
  const elsewhere = html.replace(/(<span class="second"><img[^>]*?) src="[^"]*"/g, (_, tag) => `${tag} src="https://pictures.example/${++count}"`);
  assert.ok(count > 6);
  await page.setContent(elsewhere);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  return { page, asked, tiles: page.locator('.cards li:has(.second)') };
}

/** Waits until whatever is loaded would have been asked for. */
const settle = (page) => page.waitForTimeout(300);

test('a second picture is loaded when a pointer comes to its product, and no other is', async (t) => {
  const { page, asked, tiles } = await open(t, { viewport: DESKTOP });
  await settle(page);
  assert.deepEqual(asked, []);
  const requested = page.waitForRequest('https://pictures.example/**');
  await tiles.first().hover();
  await requested;
  await settle(page);
  assert.equal(asked.length, 1);
});

test('so it is when the focus comes to its product by the keyboard', async (t) => {
  const { page, asked, tiles } = await open(t, { viewport: DESKTOP });
  const requested = page.waitForRequest('https://pictures.example/**');
  await tiles.first().getByRole('link').first().focus();
  await page.keyboard.press('Tab');
  await requested;
  await settle(page);
  assert.equal(asked.length, 1);
});

test('where touch is all, none is loaded', async (t) => {
  const { page, asked, tiles } = await open(t, { viewport: PHONE, hasTouch: true, isMobile: true });
  await tiles.first().scrollIntoViewIfNeeded();
  await tiles.first().getByRole('link').first().focus();
  await page.keyboard.press('Tab');
  await settle(page);
  assert.deepEqual(asked, []);
});
