// What a file of stories plays on: a model, a server that asks it, and a browser.

import { after } from 'node:test';

import { chromium } from 'playwright-core';

import { Model } from './model.js';
import { Server } from './server.js';
import { Shopper } from './shopper.js';

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** How long a story waits for anything. */
const WAIT_MS_MAX = 10_000;

const CHROMIUM = {
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

/** Opens a stage that is there until all tests of the file have ended. */
export async function openStage() {
  // Who is told to end early cleans up too: that is done at exit.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  const model = await Model.open();
  const server = await Server.start(model.url);
  const browser = await chromium.launch(CHROMIUM);
  after(async () => {
    await browser.close();
    await server.stop();
    await model.close();
  });
  return { model, shopper: (test, options) => shopper(browser, server, test, options) };
}

/** A shopper who was never here before, with a browser profile of their own until `test` ends. */
async function shopper(browser, server, test, options) {
  const profile = await browser.newContext({ viewport: DESKTOP, ...options });
  test.after(() => profile.close());
  profile.setDefaultTimeout(WAIT_MS_MAX);
  await profile.addInitScript({ path: new URL('witness.js', import.meta.url).pathname });
  return new Shopper(await profile.newPage(), server.page);
}
