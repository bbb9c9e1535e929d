// Adds to the cart through the theme's own actions if it has them, and otherwise through Shopify's Ajax API.

import { get, post, root, shop } from './page.js';

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
    const answer = await post(`${root()}cart/add.js`, { items: [{ id: variant, quantity: 1 }] });
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

/** Names the shopper in the cart, so that Shopify names them in the order; an empty name takes it back. */
export const name = (visitor) => post(`${root()}cart/update.js`, { attributes: { _wandstore: visitor } }).catch(() => {});
