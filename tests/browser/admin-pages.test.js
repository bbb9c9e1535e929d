// Every page of the app inside Shopify's admin: on a phone and a desktop, by keyboard, and with stand-ins for Shopify's scripts
// (harness/polaris.js, harness/bridge.js), which weigh nothing like Shopify's.

import assert from 'node:assert/strict';

import { flaws, frame, open, openQueue, save } from './harness/admin.js';
import { plan } from './harness/plan.js';
import { DESKTOP, PHONE } from './harness/stage.js';
import { sixtyDays } from './harness/sums.js';
import { openThemeWith } from './harness/theme.js';

// With what was counted for sixty days, so that tables and plots have something to show.
const { model, story } = await openThemeWith({ prepare: sixtyDays });

/** What Shopify asks of three in four visits (https://shopify.dev/docs/apps/launch/built-for-shopify/requirements). */
const LCP_MS_MAX = 2_500;
const CLS_MAX = 0.1;
const INP_MS_MAX = 200;
/** Addresses below `/admin`: the pages of the navigation, and all. */
const NAVIGATION = ['', 'pages', 'experiments', 'brand', 'privacy', 'settings'];
const PAGES = [...NAVIGATION, 'approval'];

/** How long the largest content took, how much moved, and how many pixels a page is too wide. */
function vitals(visitor) {
  return frame(visitor).evaluate(() => new Promise((done) => {
    const found = { lcp: 0, cls: 0, wide: document.documentElement.scrollWidth - innerWidth };
    new PerformanceObserver((list) => { found.lcp = list.getEntries().at(-1).startTime; }).observe({ type: 'largest-contentful-paint', buffered: true });
    new PerformanceObserver((list) => { for (const { value } of list.getEntries()) found.cls += value; }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => done(found), 500);
  }));
}

/** Holds the page that is open to axe, the vitals and its width. */
async function judge(visitor, name) {
  const { lcp, cls, wide } = await vitals(visitor);
  console.log(`${name}: LCP ${Math.round(lcp)} ms, CLS ${cls.toFixed(3)}`);
  assert.ok(lcp > 0 && lcp <= LCP_MS_MAX && cls <= CLS_MAX, `${name}: LCP ${lcp} ms, CLS ${cls}`);
  assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
  assert.deepEqual(await flaws(visitor), [], name);
}

/** A shopper whose page was made, as the app knows them. */
let known;

/** Asks why a shopper's page is as it is, then with what is no shopper's id, and holds both answers to axe. */
async function judgeReasons(visitor, name) {
  const form = frame(visitor).locator('form[data-why]');
  const told = frame(visitor).locator('form[data-why] + [role=status]');
  const ask = async (shopper) => {
    await form.getByRole('textbox').fill(shopper);
    await form.getByRole('button').click();
  };
  await ask(known);
  await told.locator('dl').waitFor();
  assert.equal(await told.getByRole('heading').textContent(), known);
  assert.deepEqual(await flaws(visitor), [], `why, ${name}`);
  await picture(visitor, `admin-why-${name}`);
  await ask('no id');
  await told.locator('p').waitFor();
  assert.equal(await told.locator('dl').count(), 0);
  assert.deepEqual(await flaws(visitor), [], `why not, ${name}`);
  // The browser says that the answer is an error.
  visitor.complaints.length = 0;
}

// Before other stories have had pages made.
story('the setup leads into the theme editor, and ticks itself off', async (visitor) => {
  const app = await open(visitor);
  const block = app.getByRole('link', { name: 'Add the block in the theme editor' });
  assert.equal(
    await block.getAttribute('href'),
    'https://magic-wands.myshopify.com/admin/themes/current/editor?template=index&addAppBlockId=simulated-key/storefront&target=newAppsSection',
  );
  // Whether products can be read comes a moment later.
  await app.locator('[data-part]').getByText('Done').waitFor();
  const before = Number.parseInt(await app.getByText(/^\d of 5 done$/).textContent(), 10);
  assert.equal(before, await app.locator('.steps > .done').count());
  model.say(plan);
  await visitor.visit();
  await visitor.seeSwap();
  known = `visitor-${(await visitor.stored())['wand:visitor']}_US-EN`;
  const later = await open(visitor);
  await later.locator('[data-part]').getByText('Done').waitFor();
  assert.ok(Number.parseInt(await later.getByText(/^\d of 5 done$/).textContent(), 10) > before);
}, { consents: true });

story('the page Experiments shows what was counted', async (visitor) => {
  let app;
  // What pages cost is written every few seconds.
  do app = await open(visitor, 'experiments'); while (await app.getByText('not known yet').count());
  const rows = (name) => app.getByRole('region', { name, exact: true }).locator('tbody tr').allTextContents();
  const effects = await rows('What personal pages change');
  assert.equal(effects.length, 16, 'four measures of all, three of each of four personas');
  assert.match(effects[0], /^All shoppers.*More with personal pages: between/);
  const variant = await rows('What the variant changes');
  assert.equal(variant.length, 3);
  assert.match(variant[0], /More with the variant: between/);
  const worth = await rows('Costs and worth');
  assert.ok(worth.length >= 13 * 6, `${worth.length} lines: of each day before today, five kinds of page`);
  assert.equal(await app.locator('.plot polyline').count(), 2);
});

for (const [device, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  for (const locale of ['en', 'de', 'ja']) {
    story(`every page is accessible, fast and still on a ${device} in ${locale}`, async (visitor) => {
      for (const path of PAGES) {
        await open(visitor, path, { locale });
        await judge(visitor, `${path || 'home'}, ${locale}, ${device}`);
        await picture(visitor, `admin-${path || 'home'}-${locale}-${device}`);
        if (path === 'pages') await judgeReasons(visitor, `${locale}-${device}`);
      }
    }, { viewport });
  }

  story(`every page is accessible, fast and still with Shopify's components on a ${device}`, async (visitor) => {
    for (const path of PAGES) {
      await open(visitor, path, { withShopify: true });
      await judge(visitor, `${path || 'home'}, with stand-ins, ${device}`);
    }
  }, { viewport });
}

/** A picture of the whole page, which scrolls in its frame. */
async function picture(visitor, name) {
  if (!process.env.SCREENSHOTS) return;
  const size = visitor.page.viewportSize();
  const height = await frame(visitor).evaluate(() => document.documentElement.scrollHeight);
  await visitor.page.setViewportSize({ ...size, height: Math.max(size.height, height + 60) });
  await visitor.picture(name);
  await visitor.page.setViewportSize(size);
}

story('with App Bridge, navigation, the bar for changes and toasts are those of Shopify', async (visitor) => {
  const app = await open(visitor, '', { withShopify: true });
  const asked = () => frame(visitor).evaluate(() => window.asked);
  assert.equal(await app.locator('.nav').isVisible(), false);
  const links = await app.locator('s-app-nav s-link').evaluateAll((links) => links.map((link) => [link.getAttribute('href'), link.getAttribute('rel')]));
  assert.deepEqual(links[0], ['/admin', 'home']);
  assert.deepEqual(links.slice(1).map(([href]) => href), NAVIGATION.slice(1).map((path) => `/admin/${path}`));
  assert.equal(await app.locator('[data-extension="storefront"]').textContent(), 'On');
  assert.equal(await app.locator('[data-extension="embed"]').textContent(), 'Off');

  // App Bridge reports a click in Shopify's navigation at the link.
  await app.locator('s-app-nav s-link[href="/admin/brand"]').dispatchEvent('shopify:navigate', { bubbles: true });
  await app.getByLabel('Tone').fill('bridged');
  await app.getByLabel('Tone').blur();
  assert.deepEqual((await asked()).at(-1), ['show', 'unsaved']);
  assert.equal(await app.locator('.bar').isVisible(), false);
  await app.locator('ui-save-bar [data-save]').dispatchEvent('click');
  await visitor.page.waitForFunction(() => document.querySelector('iframe').contentWindow.asked.some(([name]) => name === 'toast'));
  assert.deepEqual((await asked()).slice(-2).map(([name, value]) => [name, value]), [['hide', 'unsaved'], ['toast', 'Saved']]);
  assert.equal(new URL(frame(visitor).url()).pathname, '/admin/brand');

  const again = await open(visitor, 'brand', { withShopify: true });
  assert.equal(await again.getByLabel('Tone').inputValue(), 'bridged');
});

story('the merchant grants an optional scope where it is of use', async (visitor) => {
  const app = await open(visitor, 'experiments');
  const offer = app.getByRole('button', { name: 'Allow Wandstore to read Rollouts' });
  await visitor.picture('admin-optional-scope');
  await offer.click();
  await offer.waitFor({ state: 'detached' });
  const later = await open(visitor, 'experiments');
  assert.equal(await later.getByRole('button', { name: 'Allow Wandstore to read Rollouts' }).count(), 0);
});

story('the app is used by keyboard', async (visitor) => {
  const app = await open(visitor);
  const press = async (...keys) => { for (const key of keys) await visitor.page.keyboard.press(key); };
  const focused = () => frame(visitor).evaluate(() => document.activeElement.textContent || document.activeElement.name);
  await app.getByRole('link', { name: 'Home', exact: true }).focus();
  await press('Tab', 'Tab', 'Tab');
  assert.equal(await focused(), 'Brand');
  await press('Enter');
  await app.getByLabel('Tone').waitFor();
  // The page's title has the focus, so that it is read, and its first field is next.
  assert.equal(await focused(), 'Brand');
  await press('Tab');
  assert.equal(await focused(), 'tone');
  // As in any field that is reached by the tab key, its text is selected.
  await visitor.page.keyboard.type('typed by hand');
  await press('Enter');
  await app.locator('.outcome').getByText('Saved', { exact: true }).waitFor();
  assert.equal(await app.getByLabel('Tone').inputValue(), 'typed by hand');
});

story('a click, a tick and a key are answered at once on every page', async (visitor) => {
  const durations = [];
  for (const path of NAVIGATION) {
    const app = await open(visitor, path);
    // The frame's own document: it stays while the script changes what is in it.
    await frame(visitor).evaluate(() => {
      window.interactions = new Map();
      new PerformanceObserver((list) => {
        for (const { interactionId, duration } of list.getEntries()) {
          if (interactionId) window.interactions.set(interactionId, Math.max(duration, window.interactions.get(interactionId) ?? 0));
        }
      }).observe({ type: 'event', durationThreshold: 16, buffered: true });
    });
    const box = app.locator('input[type=checkbox]:visible').first();
    if (await box.count()) await box.click();
    const field = app.locator('input:not([type=checkbox]):visible, textarea:visible').first();
    if (await field.count()) {
      await field.click();
      await visitor.page.keyboard.type('abc', { delay: 20 });
    }
    if (await app.locator('.bar').isVisible()) await app.locator('.bar [data-discard]').click();
    await app.getByRole('link', { name: path === 'brand' ? 'Home' : 'Brand', exact: true }).click();
    await app.getByRole('heading', { level: 1 }).waitFor();
    // Entries come after the frame that they are about.
    await visitor.page.waitForTimeout(200);
    durations.push(...await frame(visitor).evaluate(() => [...window.interactions.values()]));
  }
  durations.sort((one, other) => one - other);
  const p75 = durations[Math.floor(durations.length * 0.75)];
  console.log(`INP: ${durations.length} interactions, p75 ${p75} ms, longest ${durations.at(-1)} ms`);
  assert.ok(durations.length >= NAVIGATION.length, 'the browser tells of interactions');
  assert.ok(p75 <= INP_MS_MAX, `p75 is ${p75} ms`);
});

// The last story: from here on, pages wait.
story('a page that waits for approval is accessible, fast and still, with its texts open and as it is', async (visitor) => {
  const app = await open(visitor, 'pages');
  await app.getByLabel('I approve every later page too').check();
  await save(app);
  model.say(plan);
  await visitor.visit();
  await openQueue(visitor);
  for (const [device, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    await visitor.page.setViewportSize(viewport);
    for (const options of [{ locale: 'en' }, { locale: 'de' }, { locale: 'ja' }]) {
      const queue = await open(visitor, 'approval', options);
      const name = `a page that waits, ${options.locale}, ${device}`;
      await judge(visitor, name);
      await picture(visitor, `approval-${options.locale}-${device}`);
      await queue.locator('.texts summary').click();
      await queue.locator('.rejection summary').click();
      assert.deepEqual(await flaws(visitor), [], name);
      await picture(visitor, `approval-open-${options.locale}-${device}`);
    }
    // The stand-ins of `open` stay in the page from here on, so they come in one of its own.
    const page = await visitor.page.context().newPage();
    await page.setViewportSize(viewport);
    const other = { page, shop: visitor.shop };
    const queue = await open(other, 'approval', { withShopify: true });
    await judge(other, `a page that waits, with stand-ins, ${device}`);
    await queue.locator('.texts summary').click();
    await queue.getByLabel('1. Hero: headline').waitFor();
    await page.close();
  }
}, { consents: true });
