// How often a merchant clicks, from the home page of the app on, until shoppers see what they wanted.

import assert from 'node:assert/strict';

import { open, save } from './harness/admin.js';
import { openTheme } from './harness/theme.js';

const CLICKS_MAX = 3;

const { story } = await openTheme();

/** Opens the app's home page, and returns it with what counts the clicks of the mouse from then on, in every frame. */
async function counting(visitor) {
  let clicks = 0;
  await visitor.page.exposeFunction('clicked', () => { clicks += 1; });
  await visitor.page.addInitScript(() => {
    addEventListener('pointerdown', ({ isTrusted }) => { if (isTrusted) window.clicked(); }, true);
  });
  return { app: await open(visitor), clicks: () => clicks };
}

/** Has the merchant write a text into a field of the page *Pages*, and save. */
async function write(visitor, label, text) {
  const { app, clicks } = await counting(visitor);
  await app.getByRole('link', { name: 'Pages', exact: true }).click();
  await app.getByLabel(label, { exact: true }).first().click();
  await visitor.page.keyboard.type(text);
  await save(app);
  assert.equal(clicks(), CLICKS_MAX, `for ${label}`);
}

/** The addresses of the products in the block, from top to bottom. */
const products = (visitor) => visitor.block.locator('[data-id] h3 a').evaluateAll(
  (links) => links.map((link) => new URL(link.href).pathname),
);

/** Visits the shop until the shopper sees it. The story ends before the minute within which they must. */
async function seen(visitor, look) {
  do await visitor.visit(); while (!await look());
}

story('three clicks pin a product, and it is the first that shoppers see', async (visitor) => {
  await visitor.visit();
  const before = await products(visitor);
  const last = before.at(-1);
  assert.ok(before.length > 1 && before[0] !== last);
  await write(visitor, 'Pinned', `product: ${last.split('/').at(-1)}`);
  // It leads the list of the fallback page, and is in the opening of a page that was made.
  const leading = visitor.block.locator('a[href*="/products/"]').first();
  await seen(visitor, async () => await leading.evaluate((link) => new URL(link.href).pathname) === last);
});

story('three clicks exclude a product, and shoppers see it no longer', async (visitor) => {
  await visitor.visit();
  const [first] = await products(visitor);
  await write(visitor, 'Excluded', `product: ${first.split('/').at(-1)}`);
  await seen(visitor, async () => !(await products(visitor)).includes(first));
  assert.ok((await products(visitor)).length > 1);
});

story('three clicks announce a campaign, and shoppers read it', async (visitor) => {
  await visitor.visit();
  const text = visitor.block.getByText('Robes are back');
  assert.equal(await text.count(), 0);
  await write(visitor, 'Text', 'Robes are back');
  await seen(visitor, async () => await text.count() === 1);
});
