// A shopper who reads, scrolls, types or buys while their page is being made.

import assert from 'node:assert/strict';
import test from 'node:test';

import { HEADLINE, plan } from './harness/plan.js';
import { openStage } from './harness/stage.js';

const { model, shopper: open } = await openStage();

test('a shopper who has scrolled is not moved, and gets their page when they ask for it', async (t) => {
  model.think();
  const shopper = await open(t);
  const { page } = shopper;
  const fallback = await shopper.fallback();
  await page.mouse.wheel(0, 1500);
  await page.waitForFunction(() => scrollY === 1500);
  assert.deepEqual(await shopper.missingPictures(), []);
  const seen = await shopper.productsInView();
  assert.ok(seen.length >= 4, `${seen.length} products are on the screen`);

  model.say(plan);
  const offer = page.getByRole('button', { name: 'Your storefront is ready' });
  await offer.waitFor();
  await shopper.rest();
  assert.equal(await page.evaluate(() => scrollY), 1500);
  assert.deepEqual(await shopper.productsInView(), seen);
  assert.equal(await shopper.heading(), fallback);
  assert.deepEqual(await shopper.shifts(), []);
  await shopper.picture('offer-desktop');

  await offer.click();
  await shopper.seeSwap();
  assert.equal(await page.evaluate(() => scrollY), 0);
  assert.equal(await shopper.heading(), HEADLINE);
  assert.equal(await offer.count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  assert.equal(shopper.loads, 1);
  assert.deepEqual(await shopper.complaints(), []);
});

test('a shopper who types keeps what they typed', async (t) => {
  model.think();
  const shopper = await open(t);
  const { page } = shopper;
  const fallback = await shopper.fallback();
  const field = page.getByRole('searchbox');
  await field.pressSequentially('ebony');
  // Filtered from the products that were there, which are not taken away again.
  await page.getByText('1 product found on this page').waitFor();

  model.say(plan);
  await page.getByRole('button', { name: 'Your storefront is ready' }).waitFor();
  assert.equal(await shopper.heading(), fallback);
  assert.equal(await field.inputValue(), 'ebony');
  assert.deepEqual(await shopper.complaints(), []);
});

test('putting a product into the cart is confirmed, and is remembered by the server', async (t) => {
  model.think();
  const shopper = await open(t);
  const { page } = shopper;
  await shopper.visit();
  const [{ id, title }] = await shopper.products();
  const button = page.locator(`[data-cart="${id}"]`);
  assert.equal(await button.textContent(), `Add to cart: ${title}`);

  const answered = page.waitForResponse((response) => response.request().postData()?.includes('add-to-cart'));
  await button.click();
  const answer = await answered;
  assert.equal(new URL(answer.url()).pathname, '/api/shopper/track');
  assert.deepEqual(answer.request().postDataJSON().events, [{ type: 'add-to-cart', product: id }]);
  assert.deepEqual(await answer.json(), { stored: 1 });
  assert.equal(await button.textContent(), `Added: ${title}`);
  assert.equal(await page.locator('#said').textContent(), `Added: ${title}`);
  assert.deepEqual(await shopper.complaints(), []);
});
