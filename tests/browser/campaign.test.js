// A campaign that ends soon is counted down, in the block and on a page of its own, and is gone when it has ended.

import assert from 'node:assert/strict';

import { openThemeWith } from './harness/theme.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Where shoppers are: far from the server's time. */
const ZONE = { locale: 'en-US', timezoneId: 'Pacific/Auckland' };

const day = (ms) => new Date(ms).toISOString().slice(0, 10);
const LAST = day(Date.now() + 2 * DAY_MS);
const CONFIG = `
[llm]
retries = 0
[pool]
attempts_max = 1
[[shops."magic-wands.myshopify.com".campaigns]]
text = "Robes are back"
until = "${LAST}"
`;
/** The end of the last day where the shopper is. */
const end = (visitor) => visitor.page.evaluate((last) => Date.parse(`${last}T24:00`), LAST);

const { story } = await openThemeWith({ config: CONFIG });

const timer = ({ block }) => block.getByRole('timer');
const announced = ({ block }) => block.getByText('Robes are back');

/** Opens the shop so many milliseconds before the campaign ends where the shopper is. */
async function before(visitor, ms) {
  const at = await end(visitor) - ms;
  await visitor.page.clock.install({ time: at });
  await visitor.visit();
  await announced(visitor).waitFor();
  return at;
}

story('the last days are counted down to the end of the last day where the shopper is', async (visitor) => {
  await before(visitor, DAY_MS + 2 * 60 * 60 * 1000 + 90_000);
  await visitor.page.clock.pauseAt(await end(visitor) - DAY_MS - 2 * 60 * 60 * 1000 - 60_000);
  assert.equal(await timer(visitor).textContent(), '1 day, 2:01:00');
  const date = new Date(`${LAST}T00:00:00Z`).toLocaleDateString('en-US', { dateStyle: 'long', timeZone: 'UTC' });
  assert.equal(await visitor.block.locator('aside time').textContent(), date);
  await visitor.page.clock.runFor(5_000);
  assert.equal(await timer(visitor).textContent(), '1 day, 2:00:55');
  assert.deepEqual(await visitor.shifts(), []);
  await visitor.picture('campaign');
}, ZONE);

story('a campaign that ends while the shopper looks is gone, and one that has ended is never there', async (visitor) => {
  await before(visitor, 60_000);
  await visitor.page.clock.pauseAt(await end(visitor) - 2_000);
  assert.equal(await timer(visitor).textContent(), '0:00:02');
  await visitor.page.clock.runFor(3_000);
  assert.equal(await announced(visitor).count(), 0);
  await visitor.page.clock.resume();
  await visitor.visit();
  assert.equal(await announced(visitor).count(), 0);
}, ZONE);

story('for a shopper who wants less motion only minutes count', async (visitor) => {
  await before(visitor, DAY_MS + 2 * 60 * 60 * 1000 + 90_000);
  await visitor.page.clock.pauseAt(await end(visitor) - 60 * 60 * 1000 - 70_000);
  assert.equal(await timer(visitor).textContent(), '1 hr, 2 min');
  await visitor.page.clock.runFor(5_000);
  assert.equal(await timer(visitor).textContent(), '1 hr, 2 min');
}, { ...ZONE, reducedMotion: 'reduce' });

story('sooner than three days before, and without scripts, the last day is there and no countdown', async (visitor) => {
  await before(visitor, 4 * DAY_MS);
  assert.equal(await timer(visitor).count(), 0);
  const { page, shop: { origin } } = visitor;
  const plain = await (await page.request.get(`${origin}/apps/wand?country=US&language=EN`)).text();
  assert.ok(plain.includes(`<time datetime="${LAST}">${LAST}</time>`));
}, ZONE);
