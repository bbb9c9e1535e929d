// The app inside Shopify's admin, with plain controls, because the tests load no scripts from Shopify.

import assert from 'node:assert/strict';

import { DESKTOP, PHONE } from './harness/stage.js';
import { openTheme } from './harness/theme.js';

const { story } = await openTheme();

/** The app's page in the admin's frame. */
async function open({ page, shop }) {
  await page.route('https://cdn.shopify.com/**', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
  await page.goto(`${shop.origin}/store/magic-wands/apps/wand`);
  const app = page.frameLocator('iframe[title="Wandstore"]');
  await app.getByText('Connected', { exact: true }).waitFor();
  return app;
}

async function save(app) {
  await app.getByRole('button', { name: 'Save' }).click();
  await app.locator('.outcome').getByText('Saved').waitFor();
}

for (const [device, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  story(`a merchant on a ${device} sees that the shop is connected, and keeps what they set`, async (visitor) => {
    const app = await open(visitor);
    await visitor.picture(`admin-${device}`);
    await app.getByLabel('Tone').fill('dry and kind');
    await app.getByLabel('Accent colour').fill('#5b2a86');
    await save(app);
    const again = await open(visitor);
    assert.equal(await again.getByLabel('Tone').inputValue(), 'dry and kind');
  }, { viewport });
}

story('an invalid colour is reported beside its field, and the input is kept', async (visitor) => {
  const app = await open(visitor);
  await app.getByLabel('Tone').fill('still here');
  await app.getByLabel('Accent colour').fill('reddish');
  await app.getByRole('button', { name: 'Save' }).click();
  await app.getByText('Not saved yet').waitFor();
  assert.equal(await app.getByLabel('Tone').inputValue(), 'still here');
  assert.equal(await app.getByLabel('Accent colour').getAttribute('aria-invalid'), 'true');
  await visitor.picture('admin-wrong');
  visitor.complaints.length = 0;
});

story('a merchant who pauses the app stops it, and starts it again', async (visitor) => {
  const app = await open(visitor);
  await app.getByLabel('Pause Wandstore').check();
  await save(app);
  await app.getByText('Paused', { exact: true }).waitFor();
  const paused = await visitor.visit();
  assert.equal(paused['x-generated'], 'false');
  assert.equal(paused['x-generation-triggered'], 'false');

  const again = await open(visitor);
  await again.getByLabel('Pause Wandstore').uncheck();
  await save(again);
  const going = await visitor.visit();
  assert.equal(going['x-generation-triggered'], 'true');
}, { consents: true });

story('a tab that was left open when the app was uninstalled saves nothing and says why', async (visitor) => {
  const app = await open(visitor);
  assert.equal((await visitor.shop.webhook('app/uninstalled')).status, 200);
  await app.getByLabel('Tone').fill('too late');
  await app.getByRole('button', { name: 'Save' }).click();
  await app.getByText('Not saved', { exact: true }).waitFor();
  await app.getByText('Not connected', { exact: true }).waitFor();
  assert.equal(await app.getByLabel('Tone').inputValue(), 'too late');
  await visitor.picture('admin-uninstalled');
  visitor.complaints.length = 0;

  // Once the uninstallation is through, whoever opens the app installs it again.
  const badge = app.locator('s-badge').first();
  let loads = 0;
  do {
    assert.ok(++loads <= 120, 'the shop is not connected again');
    await visitor.page.reload();
  } while (await badge.textContent() !== 'Connected');
  assert.notEqual(await app.getByLabel('Tone').inputValue(), 'too late');
});
