// What a consenting shopper does, for the comparison of personal pages. Shopify runs this in a sandbox, on every page of
// the shop and in its checkout, and only with the shopper's consent. It reports what it saw of a shopper whom the theme's
// script knows, and nothing of others. A failure affects nothing.

import { register } from '@shopify/web-pixels-extension';

/** Where the theme's script keeps the visitor id: in the browser, and in the cart, from which the checkout has it. */
const KEY = 'wand:visitor';
const ATTRIBUTE = '_wandstore';

register(({ analytics, browser, settings }) => {
  const report = (visitor, event) => {
    if (!/^[\w-]{22,64}$/.test(visitor ?? '')) return;
    const body = JSON.stringify({ store: settings.shop, shopper: visitor, events: [event] });
    fetch(settings.address, { method: 'POST', keepalive: true, mode: 'no-cors', body }).catch(() => {});
  };
  const on = (name, read) => analytics.subscribe(name, async ({ data }) => {
    try {
      report(...await read(data));
    } catch {
      // The event has another form, or the browser stores nothing.
    }
  });
  const known = () => browser.localStorage.getItem(KEY);
  on('product_viewed', async ({ productVariant }) => [await known(), { type: 'view', product: productVariant.product.id }]);
  on('product_added_to_cart', async ({ cartLine }) => [await known(), { type: 'add-to-cart', product: cartLine.merchandise.product.id }]);
  on('checkout_completed', ({ checkout }) => {
    const named = checkout.attributes.find(({ key }) => key === ATTRIBUTE);
    // The number that the webhooks of orders have, too, so that no order counts twice.
    const [order] = /\d+$/.exec(checkout.order.id);
    const { amount, currencyCode } = checkout.totalPrice;
    return [named?.value, { type: 'ordered', order, value: String(amount), currency: currencyCode }];
  });
});
