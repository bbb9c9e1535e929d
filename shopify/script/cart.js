// Into the cart as the theme does it, where it says how, and else by Shopify's Ajax API.

import { get, root, shop } from './page.js';

/** The variant of a product, by the product's address; null where there is a choice, or nothing to be had. */
export const variantOf = async (link) => {
  const [, handle] = /\/products\/([^/?#]+)/.exec(new URL(link, location).pathname);
  const { variants } = await (await get(`${root()}products/${handle}.js`)).json();
  return variants.length === 1 && variants[0].available ? variants[0].id : null;
};

// Shopify answers a cart that takes no more with errors, not with a failure.
export const add = async (variant) => {
  const { updateCart, openCart } = shop.actions ?? {};
  if (!updateCart) {
    const body = JSON.stringify({ items: [{ id: variant, quantity: 1 }] });
    const headers = { 'content-type': 'application/json' };
    const answer = await get(`${root()}cart/add.js`, { method: 'POST', headers, body });
    // Whatever is not JSON is no cart: the shop asks for its password, say.
    await answer.json();
    document.dispatchEvent(new CustomEvent('wand:cart', { detail: { variant } }));
    return;
  }
  const lines = [{ merchandiseId: `gid://shopify/ProductVariant/${variant}`, quantity: 1 }];
  const answer = await updateCart.call(shop.actions, { lines });
  if (answer?.userErrors?.length) throw answer.userErrors;
  await openCart?.call(shop.actions);
};
