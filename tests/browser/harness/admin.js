// The app in the simulated shop's admin.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const POLARIS = readFileSync(file('polaris.js'), 'utf8');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Opens a page of the app in the admin's frame, in a language. `withShopify` has stand-ins for Shopify's scripts; without it
 * there is no Polaris, and of App Bridge only what gives session tokens.
 */
export async function open({ page, shop }, path = '', { locale = 'en', withShopify = false } = {}) {
  const body = withShopify ? POLARIS : '';
  await page.route('https://cdn.shopify.com/**', (route) => route.fulfill({ contentType: 'text/javascript', body }));
  if (withShopify) await page.addInitScript({ path: file('bridge.js') });
  const address = path ? `wand/admin/${path}` : 'wand';
  await page.goto(`${shop.origin}/store/${shop.name}/apps/${address}?locale=${locale}`);
  const app = page.frameLocator('iframe[title="Wandstore"]');
  await app.locator('s-page').waitFor();
  return app;
}

/** Saves the form that is open, by our own bar. */
export async function save(app) {
  await app.getByRole('button', { name: 'Save' }).click();
  await app.locator('.outcome').getByText('Saved', { exact: true }).waitFor();
}

/** Opens the queue of pages that wait for approval, again and again, until one waits. */
export async function openQueue(visitor, options) {
  for (;;) {
    const app = await open(visitor, 'approval', options);
    if (await app.locator('.device').count()) return app;
    await visitor.page.waitForTimeout(250);
  }
}

/** The document in the frame. */
export const frame = (visitor) => visitor.page.frames().find((frame) => new URL(frame.url()).pathname.startsWith('/admin'));

/** What axe finds on the page that is open. */
export async function flaws(visitor) {
  await frame(visitor).evaluate(AXE);
  return frame(visitor).evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
}
