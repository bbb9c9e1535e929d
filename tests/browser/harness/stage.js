// What a file of stories plays on: a model, a server that asks it, and a browser.

import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { Model } from './model.js';
import { Server } from './server.js';
import { Shopper } from './shopper.js';

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** How long a story waits for anything, and how long it takes at the most. */
export const WAIT_MS_MAX = 10_000;
export const STORY_MS_MAX = 30_000;

export const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  chromiumSandbox: false,
  args: [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** Opens a stage that is there until all stories of the file have ended. */
export async function openStage() {
  // Clean-up runs at exit, so it also happens after an early end.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  const model = await Model.open();
  const server = await Server.start(model.url);
  const browser = await chromium.launch(CHROMIUM);
  after(async () => {
    await browser.close();
    await server.stop();
    await model.close();
  });

  /**
   * A test about a shopper who was never here before, while the model thinks. At its end the browser
   * must have nothing to complain about. `options` are those of Playwright's browser contexts.
   */
  const story = (sentence, tell, options) => test(sentence, { timeout: STORY_MS_MAX }, async (t) => {
    model.think();
    const profile = await browser.newContext({ viewport: DESKTOP, ...options });
    t.after(() => profile.close());
    profile.setDefaultTimeout(WAIT_MS_MAX);
    await profile.addInitScript({ path: fileURLToPath(new URL('witness.js', import.meta.url)) });
    const shopper = new Shopper(await profile.newPage(), server.page);
    await tell(shopper);
    assert.deepEqual(shopper.complaints, []);
  });
  return { model, story };
}
