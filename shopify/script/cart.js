// Adds to the cart through the theme's own actions if it has them, and otherwise through Shopify's Ajax API.

import { get, root, shop } from './page.js';

/** The variant of a product, by the product's address; null if the product has several variants or is sold out. */
export const variantOf = async (link) => {
  const [, handle] = /\/products\/([^/?#]+)/.exec(new URL(link, location).pathname);
  const { variants } = await (await get(`${root()}products/${handle}.js`)).json();
  return variants.length === 1 && variants[0].available ? variants[0].id : null;
};

// If the cart cannot hold more, Shopify answers with errors and a success status.
export const add = async (variant) => {
  const { updateCart, openCart } = shop.actions ?? {};
  if (!updateCart) {
    const body = JSON.stringify({ items: [{ id: variant, quantity: 1 }] });
    const headers = { 'content-type': 'application/json' };
    const answer = await get(`${root()}cart/add.js`, { method: 'POST', headers, body });
    // A response that is not JSON is not a cart; it may be the shop's password page.
    await answer.json();
    document.dispatchEvent(new CustomEvent('wand:cart', { detail: { variant } }));
    return;
  }
  const lines = [{ merchandiseId: `gid://shopify/ProductVariant/${variant}`, quantity: 1 }];
  const answer = await updateCart.call(shop.actions, { lines });
  if (answer?.userErrors?.length) throw answer.userErrors;
  await openCart?.call(shop.actions);
};
