// A merchant approves what the model planned, in the app inside Shopify's admin, and a shopper sees it.

import assert from 'node:assert/strict';

import { open, openQueue, save } from './harness/admin.js';
import { HEADLINE, plan } from './harness/plan.js';
import { DESKTOP, PHONE } from './harness/stage.js';
import { openTheme } from './harness/theme.js';

const { model, story } = await openTheme();

story('a merchant looks at a page on a phone and a desktop, edits a text, and approves it for shoppers', async (visitor) => {
  const app = await open(visitor, 'pages');
  await app.getByLabel('I approve every later page too').check();
  await app.getByLabel('Show nothing that I did not approve').check();
  await save(app);
  model.say(plan);
  await visitor.visit();
  assert.equal(await visitor.block.getByRole('heading', { name: HEADLINE }).count(), 0, 'nobody sees it yet');

  const queue = await openQueue(visitor);
  for (const device of ['phone', 'desktop']) {
    const frame = queue.frameLocator(`iframe[title$="on a ${device}"]`);
    await frame.getByRole('heading', { name: HEADLINE }).waitFor();
  }
  await queue.getByText('Edit the texts').click();
  const headline = queue.getByLabel('1. Hero: headline');
  await headline.fill('Half price today');
  await queue.getByRole('button', { name: 'Approve with these texts' }).click();
  await queue.getByText('Not saved yet').waitFor();
  await queue.getByText('This text was refused:').waitFor();
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
  await visitor.page.context().setOffline(true);
  await queue.getByRole('button', { name: 'Approve with these texts' }).click();
  await queue.getByText('You are offline, and nothing was saved.').waitFor();
  assert.equal(await headline.inputValue(), 'For hands that are curious');
  // A link does not leave the page with unsaved changes.
  await queue.getByRole('link', { name: '‹ Pages' }).click();
  await queue.getByText('Save or discard your changes first.').waitFor();
  await visitor.page.context().setOffline(false);
  visitor.complaints.length = 0;

  await queue.getByRole('button', { name: 'Save and look' }).click();
  await queue.getByText('It still waits for your approval').waitFor();
  await queue.frameLocator('iframe[title$="on a phone"]').getByRole('heading', { name: 'For hands that are curious' }).waitFor();
  assert.equal(await queue.locator('.bar').isVisible(), false);
  await queue.getByRole('button', { name: 'Approve', exact: true }).click();
  await queue.getByText('Shoppers see it within a minute').waitFor();
  await visitor.picture('approval-approved');

  await visitor.visit();
  await visitor.seeSwap();
  await visitor.block.getByRole('heading', { name: 'For hands that are curious' }).waitFor();

  // Two clicks take the approval back, and the next view shows the page that everybody gets.
  const approved = await open(visitor, 'approval');
  await approved.locator('.withdrawal summary').first().click();
  await approved.locator('[data-decide="withdraw"] button').first().click();
  await approved.getByText('Shoppers no longer get this page.').waitFor();
  await approved.frameLocator('iframe[title$="on a phone"]').getByRole('heading', { name: 'For hands that are curious' }).waitFor();
  await visitor.picture('approval-withdrawn');
  await visitor.visit();
  assert.equal(await visitor.block.getByRole('heading', { name: 'For hands that are curious' }).count(), 0);
}, { consents: true, viewport: DESKTOP });

story('on a phone a merchant is led to the queue, rejects a page with a reason, and does not have to scroll sideways', async (visitor) => {
  const brand = await open(visitor, 'brand');
  await brand.getByLabel('Tone').fill('another tone');
  await save(brand);
  const pages = await open(visitor, 'pages');
  await pages.getByLabel('I approve every later page too').check();
  if (await pages.locator('.bar').isVisible()) await save(pages);
  model.say(plan);
  await visitor.visit();
  await openQueue(visitor);
  const home = await open(visitor);
  await home.getByRole('link', { name: 'Open Approval' }).click();
  const queue = home;
  await queue.locator('.device').first().waitFor();
  const frame = visitor.page.frames().find((frame) => frame.url().includes('/admin'));
  assert.equal(new URL(frame.url()).pathname, '/admin/approval');
  const wide = await frame.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `it is ${wide} px too wide`);
  await queue.locator('.rejection summary').click();
  const reject = queue.locator('[data-decide="reject"] button');
  await reject.click();
  await queue.getByText('Not rejected yet').waitFor();
  visitor.complaints.length = 0;
  const reason = queue.getByLabel('What is wrong with it?');
  await reason.fill('Too loud');
  // The bar saves texts only, and says so.
  await queue.locator('.bar [data-save]').click();
  await queue.getByText('No text was changed').waitFor();
  visitor.complaints.length = 0;
  assert.equal(await reason.inputValue(), 'Too loud');
  await reject.click();
  await queue.getByText('The next page is made with your reason in mind').waitFor();
  assert.equal(await queue.locator('.bar').isVisible(), false);
}, { consents: true, viewport: PHONE });
