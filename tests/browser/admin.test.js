// The app inside Shopify's admin, with plain controls, because the tests load no scripts from Shopify.
// `admin-pages.test.js` looks at every page, and plays them with stand-ins of those scripts.

import assert from 'node:assert/strict';

import { open, save } from './harness/admin.js';
import { DESKTOP, PHONE } from './harness/stage.js';
import { openTheme } from './harness/theme.js';

const { story } = await openTheme();

for (const [device, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  story(`a merchant on a ${device} sees that the shop is connected, and keeps what they set`, async (visitor) => {
    const home = await open(visitor);
    await home.getByText('Connected', { exact: true }).waitFor();
    await home.getByRole('link', { name: 'Brand', exact: true }).click();
    await home.getByLabel('Tone').fill(`dry and kind on a ${device}`);
    await home.getByLabel('Accent colour').fill('#5b2a86');
    await save(home);
    const again = await open(visitor, 'brand');
    assert.equal(await again.getByLabel('Tone').inputValue(), `dry and kind on a ${device}`);
  }, { viewport });
}

story('an invalid colour is reported beside its field, and the input is kept', async (visitor) => {
  const app = await open(visitor, 'brand');
  await app.getByLabel('Tone').fill('still here');
  await app.getByLabel('Accent colour').fill('reddish');
  await app.getByRole('button', { name: 'Save' }).click();
  await app.getByText('Not saved yet').waitFor();
  assert.equal(await app.getByLabel('Tone').inputValue(), 'still here');
  assert.equal(await app.getByLabel('Accent colour').getAttribute('aria-invalid'), 'true');
  await visitor.picture('admin-wrong');
  // It can be corrected, or given up.
  await app.getByRole('button', { name: 'Discard' }).click();
  await app.getByText('Not saved yet').waitFor({ state: 'detached' });
  assert.notEqual(await app.getByLabel('Tone').inputValue(), 'still here');
  visitor.complaints.length = 0;
});

story('a merchant who pauses the app stops it, and starts it again', async (visitor) => {
  const app = await open(visitor, 'settings');
  await app.getByLabel('Pause Wandstore').check();
  await save(app);
  await app.getByText('Paused', { exact: true }).waitFor();
  const paused = await visitor.visit();
  assert.equal(paused['x-generated'], 'false');
  assert.equal(paused['x-generation-triggered'], 'false');

  const again = await open(visitor, 'settings');
  await again.getByLabel('Pause Wandstore').uncheck();
  await save(again);
  const going = await visitor.visit();
  assert.equal(going['x-generation-triggered'], 'true');
}, { consents: true });

story('a merchant who goes offline in mid-save is told so, and loses nothing', async (visitor) => {
  const app = await open(visitor, 'brand');
  await app.getByLabel('Tone').fill('typed on a train');
  await visitor.page.context().setOffline(true);
  await app.getByRole('button', { name: 'Save' }).click();
  await app.getByText('You are offline, and nothing was saved.').waitFor();
  assert.equal(await app.getByLabel('Tone').inputValue(), 'typed on a train');
  await visitor.picture('admin-offline');
  await visitor.page.context().setOffline(false);
  await save(app);
  const again = await open(visitor, 'brand');
  assert.equal(await again.getByLabel('Tone').inputValue(), 'typed on a train');
  visitor.complaints.length = 0;
});

story('a page that cannot be loaded is loaded by a retry', async (visitor) => {
  const app = await open(visitor);
  await visitor.page.context().setOffline(true);
  await app.getByRole('link', { name: 'Brand', exact: true }).click();
  await app.getByText('You are offline, so this page could not be loaded.').waitFor();
  await visitor.page.context().setOffline(false);
  await app.getByRole('button', { name: 'Try again' }).click();
  await app.getByLabel('Tone').waitFor();
  visitor.complaints.length = 0;
});

story('nobody leaves a page with unsaved changes by mistake, and everybody may discard them', async (visitor) => {
  const app = await open(visitor, 'brand');
  const before = await app.getByLabel('Tone').inputValue();
  await app.getByLabel('Tone').fill('half a thought');
  await app.getByRole('link', { name: 'Home', exact: true }).click();
  await app.getByText('Save or discard your changes first.').waitFor();
  assert.equal(await app.getByLabel('Tone').inputValue(), 'half a thought');
  await app.getByRole('button', { name: 'Discard' }).click();
  assert.equal(await app.getByLabel('Tone').inputValue(), before);
  assert.equal(await app.locator('.bar').isVisible(), false);
  await app.getByRole('link', { name: 'Home', exact: true }).click();
  await app.getByText('Connected', { exact: true }).waitFor();
});

story('of two tabs with the same page, the second is told of the first and loses nothing', async (visitor) => {
  const app = await open(visitor, 'brand');
  const other = await visitor.page.context().newPage();
  const second = await open({ page: other, shop: visitor.shop }, 'brand');
  await app.getByLabel('Tone').fill('the first tab');
  await save(app);
  await second.getByLabel('Tone').fill('the second tab');
  await second.getByRole('button', { name: 'Save' }).click();
  await second.getByText('Changed in another tab').waitFor();
  assert.equal(await second.getByLabel('Tone').inputValue(), 'the second tab');
  await save(second);
  const again = await open(visitor, 'brand');
  assert.equal(await again.getByLabel('Tone').inputValue(), 'the second tab');
});

story('a tab that was left open when the app was uninstalled saves nothing and says why', async (visitor) => {
  const app = await open(visitor, 'brand');
  assert.equal((await visitor.shop.webhook('app/uninstalled')).status, 200);
  await app.getByLabel('Tone').fill('too late');
  await app.getByRole('button', { name: 'Save' }).click();
  await app.getByText('Not saved', { exact: true }).waitFor();
  await app.getByText('Not connected', { exact: true }).waitFor();
  assert.equal(await app.getByLabel('Tone').inputValue(), 'too late');
  await visitor.picture('admin-uninstalled');
  visitor.complaints.length = 0;

  // Once the uninstallation is through, whoever opens the app installs it again.
  let loads = 0;
  let home;
  do {
    assert.ok(++loads <= 120, 'the shop is not connected again');
    home = await open(visitor);
  } while (await home.locator('s-badge').first().textContent() !== 'Connected');
  const again = await open(visitor, 'brand');
  assert.notEqual(await again.getByLabel('Tone').inputValue(), 'too late');
});
