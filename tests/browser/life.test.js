// The life of the app in one shop, from its installation to its uninstallation.

import assert from 'node:assert/strict';

import { open, openQueue, save } from './harness/admin.js';
import { HEADLINE, plan } from './harness/plan.js';
import { openThemeWith } from './harness/theme.js';

// A scripted answer has 1,200 tokens, and costs more than a cent.
const CONFIG = `
[llm]
retries = 0
price_in_microdollars = 10000000
price_out_microdollars = 10000000
[pool]
attempts_max = 1
[billing]
app_handle = "wand"
paid_plans = ["pro"]
`;

const { model, story, shop } = await openThemeWith({ config: CONFIG });

/** The model's headline in the block, if it is there. */
const headline = (visitor) => visitor.block.getByRole('heading', { name: HEADLINE });

/** Chooses a plan on Shopify's page, to which the settings lead. */
async function choose(visitor, plan) {
  const settings = await open(visitor, 'settings');
  await settings.getByRole('link', { name: 'Change plan' }).click();
  await visitor.page.waitForURL('**/charges/wand/pricing_plans');
  await visitor.page.locator('form', { hasText: plan }).getByRole('button', { name: 'Choose' }).click();
  await visitor.page.waitForURL('**/apps/wand');
  return open(visitor, 'settings');
}

story('a merchant installs, subscribes, approves, sells, spends the budget, cancels the plan and uninstalls', async (visitor) => {
  const step = async (name) => visitor.picture(`life-${name}`, { fullPage: true });

  // Installed, and free.
  const home = await open(visitor);
  await home.getByText('Connected', { exact: true }).waitFor();
  await step('1-installed');
  const free = await open(visitor, 'settings');
  await free.getByText('Free: pages of one kind of shopper').waitFor();

  // Subscribed: the trial is everything.
  const trial = await choose(visitor, 'pro');
  await trial.getByText('Your trial ends on').waitFor();
  await step('2-trial');

  // Every page of the model waits for the merchant.
  const pages = await open(visitor, 'pages');
  await pages.getByLabel('I approve every later page too').check();
  await save(pages);
  model.say(plan);
  await visitor.visit();
  assert.equal(await headline(visitor).count(), 0, 'nobody approved it yet');
  const queue = await openQueue(visitor);
  assert.deepEqual(await shop.flow('page-waits'), { Pages: 1 }, 'a workflow of the merchant begins');
  await queue.getByRole('button', { name: 'Approve', exact: true }).click();
  await queue.getByText('Shoppers see it within a minute').waitFor();
  do {
    await visitor.visit();
    await visitor.seeSwap();
  } while (await headline(visitor).count() === 0);
  await step('3-block');

  // A shopper buys.
  await visitor.page.request.post(`${shop.origin}/cart/add.js`, { data: { items: [{ id: 48_001_057, quantity: 1 }] } });
  assert.equal((await visitor.page.request.post(`${shop.origin}/checkout`)).status(), 200);
  await open(visitor, 'experiments');
  await step('4-experiments');

  // The budget of the day is spent, which the page says in the merchant's language.
  const settings = await open(visitor, 'settings');
  await settings.getByLabel('Per day, in US dollars').fill('0.01');
  await save(settings);
  await settings.getByText('Pages are planned without the language model until').waitFor();
  const german = await open(visitor, 'settings', { locale: 'de' });
  await german.getByText('Verbraucht', { exact: true }).waitFor();
  assert.deepEqual(await shop.flow('budget-spent'), { Period: 'day', Limit: 0.01 });
  await step('5-spent');

  // Cancelled: what was set stays, and is not used.
  const cancelled = await choose(visitor, 'free');
  await cancelled.getByText('Free: pages of one kind of shopper').waitFor();
  const still = await open(visitor, 'pages');
  assert.ok(await still.getByLabel('I approve every later page too').isChecked());
  await step('6-free');

  // Uninstalled: two days later Shopify has everything deleted.
  await shop.webhook('app/uninstalled');
  await shop.webhook('shop/redact');
  await visitor.page.goto(`${shop.origin}/`);
  await visitor.page.waitForTimeout(500);
  assert.equal(await headline(visitor).count(), 0, 'no page of the model is left');
  await step('7-uninstalled');
  // The browser says that the block is not found any more.
  visitor.complaints.length = 0;
}, { consents: true });
