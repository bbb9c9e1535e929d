// The page without scripts, with reduced motion, and in dark mode.

import assert from 'node:assert/strict';

import { contrasts, luminance } from './harness/contrast.js';
import { HEADLINE, plan } from './harness/plan.js';
import { openStage } from './harness/stage.js';

const { model, story } = await openStage();

/** What WCAG 2.2 asks of text of any size (success criterion 1.4.3, level AA). */
const CONTRAST_MIN = 4.5;

story('without scripts there is a whole page, and nothing on it that would need them', async (shopper) => {
  const { page } = shopper;
  await shopper.visit();
  await shopper.isWhole();
  for (const { title, link } of await shopper.products()) {
    assert.equal(await page.locator(link).count(), 1, `${title} is where its link leads`);
  }
  assert.equal(await page.getByRole('button').count(), 0);
  assert.equal(await page.getByRole('searchbox').count(), 0);
  assert.equal(await page.getByRole('combobox').count(), 0);
  await shopper.wholePicture('fallback-without-scripts');
}, { javaScriptEnabled: false });

story('a shopper who wants no motion gets their page without any', async (shopper) => {
  await shopper.visit();
  model.say(plan);
  await shopper.seeSwap();
  assert.equal(await shopper.heading(), HEADLINE);
  assert.equal(await shopper.transitions(), 0);
  assert.deepEqual(await shopper.shifts(), []);
}, { reducedMotion: 'reduce' });

for (const colorScheme of ['light', 'dark']) {
  story(`every text has enough contrast on a ${colorScheme} ground`, async (shopper) => {
    const { page } = shopper;
    await shopper.visit();
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(luminance(ground) < 0.5 ? 'dark' : 'light', colorScheme);
    await areLegible(page);

    model.say(plan);
    await shopper.seeSwap();
    await areLegible(page);
    await shopper.wholePicture(`generated-${colorScheme}`);
  }, { colorScheme });
}

/** Of all texts on a page. */
async function areLegible(page) {
  const texts = await contrasts(page);
  assert.ok(texts.length > 50, `there are ${texts.length} texts`);
  assert.deepEqual(texts.filter(({ ratio }) => ratio < CONTRAST_MIN), []);
}
