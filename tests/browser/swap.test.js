// From the first visit to the page that was made for the shopper.

import assert from 'node:assert/strict';

import { HEADLINE, plan, TITLE } from './harness/plan.js';
import { DESKTOP, openStage, PHONE } from './harness/stage.js';

const { model, story } = await openStage();
const STATUS = '/api/generation/status';

for (const [device, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  story(`a first visit on a ${device} is a whole page at once, then one's own with no shift`, async (shopper) => {
    const { page } = shopper;
    const headers = await shopper.visit();
    assert.equal(headers['x-cache'], 'MISS');
    assert.equal(headers['x-generation-triggered'], 'true');
    await shopper.isWhole();
    assert.equal(await page.locator('body').getAttribute('data-generated'), 'false');
    await shopper.picture(`fallback-${device}`);
    const fallbackHeading = await shopper.heading();
    await page.evaluate(() => { window.marker = 'the same window'; });

    model.say(plan);
    await shopper.seeSwap();
    await shopper.isWhole();
    assert.equal(await page.locator('body').getAttribute('data-generated'), 'true');
    assert.notEqual(fallbackHeading, HEADLINE);
    assert.equal(await shopper.heading(), HEADLINE);
    assert.equal(await page.title(), TITLE);
    assert.equal(await page.evaluate(() => window.marker), 'the same window');
    assert.equal(shopper.loads, 1);
    assert.equal(await shopper.transitions(), 1);
    assert.deepEqual(await shopper.shifts(), []);
    await shopper.wholePicture(`generated-${device}`);
  }, { viewport });
}

story('a layout that shifts is noticed', async (shopper) => {
  await shopper.visit();
  await shopper.page.evaluate(() => document.querySelector('main').before(document.querySelector('footer')));
  await shopper.rest();
  assert.notDeepEqual(await shopper.shifts(), []);
});

story('the next visit is a hit: the generated page at once, and no new one is requested', async (shopper) => {
  const { page } = shopper;
  await shopper.visit();
  model.say(plan);
  await shopper.seeSwap();
  assert.ok(shopper.asked.includes(STATUS), 'the first visit asks');

  // The page asks for its status, if at all, together with the report of the visit.
  const reported = page.waitForResponse('**/api/shopper/track');
  const headers = await shopper.visit();
  assert.equal(headers['x-cache'], 'HIT');
  assert.equal(headers['x-generated'], 'true');
  assert.equal(headers['x-wand-source'], 'llm');
  assert.equal(await shopper.heading(), HEADLINE);
  await shopper.isWhole();
  await reported;
  assert.ok(!shopper.asked.includes(STATUS), `it asked for ${shopper.asked}`);
  assert.equal(await page.locator('html[data-swapped]').count(), 0);
  assert.deepEqual(await shopper.shifts(), []);
});

story('an unavailable status is requested again, and the page still arrives', async (shopper) => {
  const unknown = { headers: { 'x-wandstore': 'status' }, json: { state: 'unknown' } };
  await shopper.page.route(`**${STATUS}?*`, (route) => route.fulfill(unknown), { times: 1 });
  await shopper.visit();
  model.say(plan);
  await shopper.seeSwap();
  assert.equal(await shopper.heading(), HEADLINE);
});

for (const [trouble, status] of Object.entries({ 'is down': 500, 'refuses our key': 401 })) {
  story(`a model that ${trouble} costs the shopper its plan and nothing else`, async (shopper) => {
    const { page } = shopper;
    await shopper.visit();
    const fallbackHeading = await shopper.heading();

    model.refuse(status);
    await shopper.seeSwap();
    await shopper.isWhole();
    assert.notEqual(await shopper.heading(), fallbackHeading);
    assert.deepEqual(await shopper.shifts(), []);

    const headers = await shopper.visit();
    assert.equal(headers['x-cache'], 'HIT');
    assert.equal(headers['x-wand-source'], 'local');
  });
}
