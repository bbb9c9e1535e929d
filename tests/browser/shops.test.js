// Two shops have the app on one host: what one merchant sees and changes is of no concern to the other.

import assert from 'node:assert/strict';

import { open, save } from './harness/admin.js';
import { plan } from './harness/plan.js';
import { openTheme } from './harness/theme.js';

const { model, story, shops: [wands, teas] } = await openTheme([], ['--shop', 'tea-house.myshopify.com', '--token', 'token-of-teas']);

const TITLE = 'Second Flush Darjeeling';

story('each merchant sees and changes their own shop, and the other goes on when one uninstalls the app', async (visitor) => {
  const { page, block } = visitor;
  const at = (shop) => Object.assign(visitor, { shop });

  // Whoever opens the app installs it.
  for (const shop of [wands, teas]) {
    const home = await open(at(shop));
    await home.getByText('Connected', { exact: true }).waitFor();
  }

  // Settings
  const tones = { [wands.domain]: 'as loud as thunder', [teas.domain]: 'as calm as tea' };
  const shown = async (shop) => (await open(at(shop), 'brand')).getByLabel('Tone').inputValue();
  const before = await shown(wands);
  for (const shop of [teas, wands]) {
    const brand = await open(at(shop), 'brand');
    if (shop === wands) assert.equal(await brand.getByLabel('Tone').inputValue(), before);
    await brand.getByLabel('Tone').fill(tones[shop.domain]);
    await save(brand);
  }
  for (const shop of [wands, teas]) assert.equal(await shown(shop), tones[shop.domain]);

  // Products and pages
  await teas.change('ember-oak-wand', { title: TITLE });
  model.say(plan);
  const ids = {};
  for (const shop of [teas, wands]) {
    at(shop);
    let titles;
    do {
      await visitor.visit();
      await visitor.seeSwap();
      titles = await block.getByText(TITLE, { exact: true }).count();
    } while (shop === teas && titles === 0);
    assert.equal(titles > 0, shop === teas, shop.domain);
    ids[shop.domain] = (await visitor.stored())['wand:visitor'];
    await visitor.picture(`shops-${shop.name}`);
  }
  assert.notEqual(ids[wands.domain], ids[teas.domain]);

  // Nobody reads of the other's shoppers, whose ids they know.
  for (const shop of [wands, teas]) {
    const pages = await open(at(shop), 'pages');
    const told = pages.locator('form[data-why] + [role=status]');
    for (const [of, id] of Object.entries(ids)) {
      const shopper = `visitor-${id}_US-EN`;
      await pages.getByLabel('A shopper’s id').fill(shopper);
      await pages.getByRole('button', { name: 'Show', exact: true }).click();
      await told.getByRole('heading', { name: shopper }).waitFor();
      assert.equal(await told.locator('dl').count(), of === shop.domain ? 1 : 0, `${shop.domain} on ${of}`);
    }
  }

  // One of them pauses the app.
  const settings = await open(at(teas), 'settings');
  await settings.getByLabel('Pause Wandstore').check();
  await save(settings);
  assert.equal(await (await open(at(wands), 'settings')).getByLabel('Pause Wandstore').isChecked(), false);
  await at(teas).become('a-shopper-who-comes-to-teas');
  assert.equal((await visitor.visit())['x-generation-triggered'], 'false');
  await at(wands).become('a-shopper-who-comes-to-wands');
  assert.equal((await visitor.visit())['x-generation-triggered'], 'true');

  // One of them uninstalls it, and two days later Shopify has everything deleted.
  assert.equal((await teas.webhook('app/uninstalled')).status, 200);
  assert.equal((await teas.webhook('shop/redact')).status, 200);
  await page.goto(`${teas.origin}/`);
  await page.locator('wand-storefront[data-state="failed"]').waitFor();
  await at(wands).become(ids[wands.domain]);
  const headers = await visitor.visit();
  assert.deepEqual([headers['x-cache'], headers['x-generated']], ['HIT', 'true']);
  assert.equal(await shown(wands), tones[wands.domain]);
  // The browser says that the block of the other shop is not found any more.
  visitor.complaints.length = 0;
}, { consents: true });
