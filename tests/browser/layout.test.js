// Whatever a catalog holds, no page scrolls sideways and no text covers another: on a page of its own at every width, and
// in a theme's column, which may be narrow on a wide screen.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test, { after } from 'node:test';
import { dirname, join } from 'node:path';

import { chromium } from 'playwright-core';

import { faults, intoColumn } from './harness/layout.js';
import { BINARY } from './harness/server.js';
import { CHROMIUM } from './harness/stage.js';

/** Built with the tests: `crates/page/examples/gallery.rs`. */
const EXAMPLE = join(dirname(BINARY), 'examples/gallery');
const WIDTHS = [320, 360, 390, 768, 1280];
const COLUMNS = [240, 320, 700, 1280];

const { style, pages } = JSON.parse(execFileSync(EXAMPLE, ['sample'], { maxBuffer: 64 * 1024 * 1024 }));
const browser = await chromium.launch(CHROMIUM);
after(() => browser.close());

const viewed = async (width, see) => {
  const page = await browser.newPage({ viewport: { width, height: 800 } });
  try {
    return await see(page);
  } finally {
    await page.close();
  }
};

test('no page of a hostile catalog scrolls sideways or covers its own texts', async () => {
  assert.ok(pages.length >= 24);
  await viewed(WIDTHS[0], async (page) => {
    for (const { name, kind, html } of pages) {
      await page.setContent(html);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        assert.deepEqual(await page.evaluate(faults), [], `${name}, ${kind}, at ${width} px`);
      }
    }
  });
});

test('no block of a hostile catalog does so in a column of a theme', async () => {
  await viewed(1280, async (page) => {
    for (const { name, kind, content } of pages) {
      for (const width of COLUMNS) {
        await page.evaluate(intoColumn, { style, content, width });
        assert.deepEqual(await page.evaluate(faults, 'wand-storefront'), [], `${name}, ${kind}, in ${width} px`);
      }
    }
  });
});

test('a page that does would be noticed', async () => {
  await viewed(320, async (page) => {
    const card = (text) => `<li style="width: 80px; float: left; list-style: none; white-space: nowrap">${text}</li>`;
    await page.setContent(`<ul>${card('$1,299.00 USD $1,599.00 USD')}${card('neighbour')}${card('x'.repeat(99))}</ul>`);
    const found = (await page.evaluate(faults)).join();
    for (const fault of ['px wide, the window 320', 'is outside of its tile', 'covers']) assert.ok(found.includes(fault), found);
  });
});
