// A shopper who reads, scrolls, types or buys while their page is being made.

import assert from 'node:assert/strict';

import { HEADLINE, plan } from './harness/plan.js';
import { openStage } from './harness/stage.js';

const { model, story } = await openStage();
const REPORT = '**/api/shopper/track';

story('a page does not move a shopper who has scrolled, and is shown on request', async (shopper) => {
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
});

story('a shopper who types keeps what they typed', async (shopper) => {
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
});

story('putting a product into the cart is confirmed, and remembered by the server', async (shopper) => {
  const { page } = shopper;
  await Promise.all([page.waitForResponse(REPORT), shopper.visit()]);
  const [{ id, title }] = await shopper.products();
  const button = page.locator(`[data-cart="${id}"]`);
  assert.equal(await button.textContent(), `Add to cart: ${title}`);
  // The page has no use for the answer to a report, and a browser shows no body that is not read.
  const exchanges = [];
  await page.route(REPORT, async (route) => {
    const answer = await route.fetch();
    exchanges.push({ sent: route.request().postDataJSON().events, told: await answer.json() });
    await route.fulfill({ response: answer });
  });

  const reported = page.waitForResponse(REPORT);
  await button.click();
  await button.and(page.getByText(`Added: ${title}`)).waitFor();
  assert.equal(await page.locator('#said').textContent(), `Added: ${title}`);
  await reported;
  assert.deepEqual(exchanges, [{ sent: [{ type: 'add-to-cart', product: id }], told: { stored: 1 } }]);
});
