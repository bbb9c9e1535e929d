// Personal pages are compared, as in production: shoppers are counted, and a merchant tests a layout.

import assert from 'node:assert/strict';

import { flaws, open, save } from './harness/admin.js';
import { plan } from './harness/plan.js';
import { sixtyDays } from './harness/sums.js';
import { openThemeWith } from './harness/theme.js';

const { model, story, shop } = await openThemeWith({ environment: 'production', prepare: sixtyDays });

/** How many shoppers are tried until there is one of each kind, and how often a page is opened until it says something. */
const TRIES_MAX = 60;

/** Asks for the block's content as a shopper. */
async function ask(visitor, id, path = 'fragment', more = {}) {
  const query = new URLSearchParams({ context: 'home', country: 'US', language: 'EN', visitor: id, consent: 1, ...more });
  return visitor.page.request.get(`${shop.origin}/apps/wand/${path}?${query}`);
}

/** `held out`, or `personal` for whom a page is made. */
async function armOf(visitor, id) {
  for (;;) {
    const { 'x-generation-triggered': triggered, 'x-generation-refused': refused } = (await ask(visitor, id)).headers();
    // A busy machine orders no page, and is asked again.
    if (!refused) return triggered === 'true' ? 'personal' : 'held out';
  }
}

/** The layout of the page that is made for a shopper; `held out` for whom none is. */
async function layoutOf(visitor, id) {
  if (await armOf(visitor, id) === 'held out') return 'held out';
  const { state } = await (await ask(visitor, id, 'status', { wait: 20 })).json();
  assert.equal(state, 'ready');
  return /data-look="(\w+)"/.exec(await (await ask(visitor, id)).text())[1];
}

/** The first visitors whom `kindOf` calls so, one for each of the kinds. Only the app knows which visitor is what. */
async function find(visitor, name, kindOf, ...kinds) {
  const found = new Map();
  for (let number = 0; kinds.some((kind) => !found.has(kind)); number += 1) {
    assert.ok(number < TRIES_MAX, `only ${[...found.keys()]} of ${kinds}`);
    const id = `${name}-shopper-${String(number).padStart(12, '0')}`;
    const kind = await kindOf(visitor, id);
    if (!found.has(kind)) found.set(kind, id);
  }
  return kinds.map((kind) => found.get(kind));
}

const today = () => new Date().toLocaleDateString('en-US', { dateStyle: 'medium', timeZone: 'UTC' });

/** Today's line of the table of costs and worth, by column; null if nobody was counted today. */
async function counted(visitor) {
  const app = await open(visitor, 'experiments');
  const table = app.getByRole('region', { name: 'Costs and worth', exact: true });
  const columns = await table.locator('thead th').allTextContents();
  const row = table.locator('tbody tr').first();
  if (await row.locator('th').textContent() !== today()) return null;
  const cells = await row.locator('th, td').allTextContents();
  return Object.fromEntries(columns.map((column, index) => [column, cells[index]]));
}

/** Waits for a report of an event that the app accepts. */
const accepted = ({ page }, type) => page.waitForResponse((response) => response.url().includes('/track?')
  && response.request().postData().includes(`"${type}"`) && response.status() === 200);

story('shoppers who see the block, one of whom buys and one is held out, are counted, and the merchant sees it', async (visitor) => {
  const { page, block } = visitor;
  model.say(plan);
  const [buyer, heldOut] = await find(visitor, 'counted', armOf, 'personal', 'held out');
  assert.equal((await counted(visitor))?.['Shoppers counted'] ?? '0', '0', 'nobody saw the block yet');

  await visitor.become(buyer);
  await Promise.all([accepted(visitor, 'seen'), page.waitForResponse((response) => response.url().endsWith('/cart/update.js')), visitor.visit()]);
  await visitor.seeSwap();
  const button = block.getByRole('button', { name: /^Add to cart/ }).first();
  await Promise.all([accepted(visitor, 'add-to-cart'), button.click()]);
  await page.goto(`${shop.origin}/cart`);
  await page.getByRole('button', { name: 'Check out' }).click();
  await page.getByRole('heading', { name: 'Thank you for your order' }).waitFor();
  const [order, ...others] = await (await page.request.get(`${shop.origin}/simulator/orders`)).json();
  assert.deepEqual(others, []);
  assert.deepEqual(order.note_attributes, [{ name: '_wandstore', value: buyer }]);

  await visitor.become(heldOut);
  const [, headers] = await Promise.all([accepted(visitor, 'seen'), visitor.visit()]);
  assert.deepEqual([headers['x-generated'], headers['x-generation-triggered']], ['false', 'false']);

  let line;
  for (let tries = 0; line?.Orders !== '1'; tries += 1) {
    assert.ok(tries < TRIES_MAX, `they are not counted: ${JSON.stringify(line)}`);
    line = await counted(visitor);
  }
  const paid = Number(order.total_price_set.shop_money.amount);
  assert.ok(paid > 0);
  assert.deepEqual([line['Shoppers counted'], line['Cart adds'], line.Orders, Number(line.Revenue.replace(/[^\d.]/g, ''))], ['2', '1', '1', paid]);
  await visitor.picture('experiments-counted', { fullPage: true });
}, { consents: true });

story('a merchant tests a layout, half of the shoppers get it, and the page says what it changes', async (visitor) => {
  const app = await open(visitor, 'experiments');
  await app.getByRole('region', { name: 'What the variant changes' }).waitFor();
  assert.equal(await app.getByText('Pages in the layout “Compact').count(), 0, 'it was tested before');
  const layout = app.getByLabel('Layout to test');
  assert.equal(await app.locator('.bar').isVisible(), false);
  await layout.selectOption('compact');
  assert.ok(await app.locator('.bar').isVisible());
  await save(app);
  assert.equal(await app.locator('.bar').isVisible(), false);

  // It is kept, and so is what it is compared by.
  const again = await open(visitor, 'experiments');
  assert.equal(await again.getByLabel('Layout to test').inputValue(), 'compact');
  await again.getByText('Pages in the layout “Compact').waitFor();
  const table = again.getByRole('region', { name: 'What the variant changes' });
  assert.equal(await table.locator('tbody tr').count(), 3);
  assert.deepEqual(await flaws(visitor), []);
  await visitor.picture('experiments-layout', { fullPage: true });

  // One thing at a time.
  const tone = again.getByLabel('Tone of voice to test');
  await tone.fill('dry and short');
  await again.getByRole('button', { name: 'Save' }).click();
  await again.getByText('Not saved yet').waitFor();
  await again.getByText('Test one thing at a time: empty this field, or choose no layout.').waitFor();
  assert.equal(await tone.getAttribute('aria-invalid'), 'true');
  assert.deepEqual([await tone.inputValue(), await again.getByLabel('Layout to test').inputValue()], ['dry and short', 'compact']);
  assert.deepEqual(await flaws(visitor), []);
  await visitor.picture('experiments-two-variants', { fullPage: true });
  visitor.complaints.length = 0;
  await again.getByRole('button', { name: 'Discard' }).click();
  await again.getByText('Not saved yet').waitFor({ state: 'detached' });
  assert.deepEqual([await tone.inputValue(), await again.getByLabel('Layout to test').inputValue()], ['', 'compact']);

  model.say(plan);
  const [one, other] = await find(visitor, 'layout', layoutOf, 'compact', 'varied');
  for (const [name, id] of Object.entries({ one, other })) {
    await visitor.become(id);
    await visitor.visit();
    await visitor.seeSwap();
    assert.equal(await visitor.block.locator('[data-look="compact"]').count(), name === 'one' ? 1 : 0);
    await visitor.picture(`experiments-layout-${name}`);
  }

  // Nothing is tested any more, and everybody gets the layout of their kind.
  const last = await open(visitor, 'experiments');
  await last.getByLabel('Layout to test').selectOption('');
  await save(last);
  await visitor.become(one);
  do await visitor.visit(); while (await visitor.block.locator('[data-look="compact"]').count());
}, { consents: true });

story('with Shopify’s components a layout is chosen and kept as well', async (visitor) => {
  const app = await open(visitor, 'experiments', { withShopify: true });
  await app.getByLabel('Layout to test').selectOption('calm');
  await app.locator('ui-save-bar [data-save]').dispatchEvent('click');
  await visitor.page.waitForFunction(() => document.querySelector('iframe').contentWindow.asked.some(([name]) => name === 'toast'));
  const asked = await visitor.page.evaluate(() => document.querySelector('iframe').contentWindow.asked);
  assert.deepEqual(asked.map(([name]) => name), ['show', 'hide', 'toast']);
  const again = await open(visitor, 'experiments', { withShopify: true });
  assert.equal(await again.getByLabel('Layout to test').inputValue(), 'calm');
});
