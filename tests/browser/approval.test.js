// A merchant approves what the model planned, in the app inside Shopify's admin, and a shopper sees it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { HEADLINE, plan } from './harness/plan.js';
import { DESKTOP, PHONE } from './harness/stage.js';
import { openTheme } from './harness/theme.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const { model, story } = await openTheme();

/** The app's page in the admin's frame. */
async function open({ page, shop }) {
  await page.route('https://cdn.shopify.com/**', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
  await page.goto(`${shop.origin}/store/magic-wands/apps/wand`);
  const app = page.frameLocator('iframe[title="Wandstore"]');
  await app.getByText('Connected', { exact: true }).waitFor();
  return app;
}

/** Opens the queue, again and again, until something waits in it. */
async function openQueue(visitor) {
  for (;;) {
    const app = await open(visitor);
    await app.locator('[data-approval="open"]').click();
    await app.getByRole('button', { name: '‹ Back' }).waitFor();
    if (await app.locator('.approval-open').count()) return app;
    await visitor.page.waitForTimeout(250);
  }
}

/** What axe finds in the queue. */
async function flaws({ page }) {
  const frame = page.frames().find((frame) => frame.url().includes('/admin'));
  await frame.evaluate(AXE);
  const { violations } = await frame.evaluate(() => globalThis.axe.run(document, { iframes: false }));
  return violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
}

story('a merchant looks at a page on a phone and a desktop, edits a text, and approves it for shoppers', async (visitor) => {
  const app = await open(visitor);
  await app.getByLabel('I approve every later page too').check();
  await app.getByLabel('Show nothing that I did not approve').check();
  await app.getByRole('button', { name: 'Save' }).click();
  await app.locator('.outcome').getByText('Saved').waitFor();
  model.say(plan);
  await visitor.visit();
  assert.ok(!(await visitor.block.innerText()).includes(HEADLINE), 'nobody sees it yet');

  const queue = await openQueue(visitor);
  for (const device of ['phone', 'desktop']) {
    const frame = queue.frameLocator(`iframe[title$="on a ${device}"]`);
    await frame.getByRole('heading', { name: HEADLINE }).waitFor();
  }
  await visitor.picture('approval-desktop', { fullPage: true });
  assert.deepEqual(await flaws(visitor), []);

  await queue.getByText('Edit the texts').click();
  const headline = queue.getByLabel('1. hero: headline');
  await headline.fill('Half price today');
  await queue.getByRole('button', { name: 'Approve with these texts' }).click();
  await queue.getByText('Not saved yet').waitFor();
  assert.equal(await headline.getAttribute('aria-invalid'), 'true');
  assert.equal(await headline.inputValue(), 'Half price today');
  await visitor.picture('approval-refused');
  visitor.complaints.length = 0;

  // Offline in the middle: what was typed stays.
  await headline.fill('For hands that are curious');
  await visitor.page.route('**/admin/approval/**', (route) => route.abort());
  await queue.getByRole('button', { name: 'Save and look' }).click();
  await queue.getByText('Wandstore was not reached').waitFor();
  assert.equal(await headline.inputValue(), 'For hands that are curious');
  await visitor.page.unroute('**/admin/approval/**');
  visitor.complaints.length = 0;

  await queue.getByRole('button', { name: 'Save and look' }).click();
  await queue.getByText('It still waits for your approval').waitFor();
  await queue.frameLocator('iframe[title$="on a phone"]').getByRole('heading', { name: 'For hands that are curious' }).waitFor();
  await queue.getByRole('button', { name: 'Approve', exact: true }).click();
  await queue.getByText('Shoppers see it within a minute').waitFor();
  await visitor.picture('approval-approved');

  await visitor.visit();
  await visitor.seeSwap();
  assert.ok((await visitor.block.innerText()).includes('For hands that are curious'));
}, { consents: true, viewport: DESKTOP });

story('on a phone a merchant rejects a page with a reason, and does not have to scroll sideways', async (visitor) => {
  const app = await open(visitor);
  await app.getByLabel('Tone').fill('another tone');
  await app.getByLabel('I approve every later page too').check();
  await app.getByRole('button', { name: 'Save' }).click();
  await app.locator('.outcome').getByText('Saved').waitFor();
  model.say(plan);
  await visitor.visit();
  const queue = await openQueue(visitor);
  const frame = visitor.page.frames().find((frame) => frame.url().includes('/admin'));
  const wide = await frame.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `it is ${wide} px too wide`);
  await visitor.picture('approval-phone', { fullPage: true });
  await queue.locator('.approval-reject summary').click();
  await queue.getByRole('button', { name: 'Reject' }).click();
  await queue.getByText('Not rejected yet').waitFor();
  visitor.complaints.length = 0;
  await queue.getByLabel('What is wrong with it?').fill('Too loud');
  await queue.getByRole('button', { name: 'Reject' }).click();
  await queue.getByText('The next page is made with your reason in mind').waitFor();
}, { consents: true, viewport: PHONE });
