// A page for whoever comes: without scripts, without motion, in the dark.

import assert from 'node:assert/strict';
import test from 'node:test';

import { contrasts, luminance } from './harness/contrast.js';
import { HEADLINE, plan } from './harness/plan.js';
import { openStage } from './harness/stage.js';

const { model, shopper: open } = await openStage();

/** What WCAG 2.2 asks of text of any size (success criterion 1.4.3, level AA). */
const CONTRAST_MIN = 4.5;

test('without scripts there is a whole page, and nothing on it that would need them', async (t) => {
  model.think();
  const shopper = await open(t, { javaScriptEnabled: false });
  const { page } = shopper;
  await shopper.visit();
  await shopper.isWhole();
  for (const { title, link } of await shopper.products()) {
    assert.equal(await page.locator(link).count(), 1, `${title} is where its link leads`);
  }
  assert.equal(await page.getByRole('button').count(), 0);
  assert.equal(await page.getByRole('searchbox').count(), 0);
  await shopper.picture('fallback-without-scripts', { fullPage: true });
});

test('a shopper who wants no motion gets their page without any', async (t) => {
  model.think();
  const shopper = await open(t, { reducedMotion: 'reduce' });
  await shopper.visit();
  model.say(plan);
  await shopper.seeSwap();
  assert.equal(await shopper.heading(), HEADLINE);
  assert.equal(await shopper.transitions(), 0);
  assert.deepEqual(await shopper.shifts(), []);
  assert.deepEqual(await shopper.complaints(), []);
});

for (const colorScheme of ['light', 'dark']) {
  test(`every text has enough contrast on a ${colorScheme} ground`, async (t) => {
    model.think();
    const shopper = await open(t, { colorScheme });
    const { page } = shopper;
    await shopper.visit();
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(luminance(ground) < 0.5 ? 'dark' : 'light', colorScheme);
    await areLegible(page);

    model.say(plan);
    await shopper.seeSwap();
    await areLegible(page);
    assert.deepEqual(await shopper.complaints(), []);
    await shopper.picture(`generated-${colorScheme}`, { fullPage: true });
  });
}

/** Of all texts on a page. */
async function areLegible(page) {
  const texts = await contrasts(page);
  assert.ok(texts.length > 50, `there are ${texts.length} texts`);
  assert.deepEqual(texts.filter(({ ratio }) => ratio < CONTRAST_MIN), []);
}
