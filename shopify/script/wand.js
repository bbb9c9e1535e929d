// The storefront inside a theme: fills the block, reports what those who consent do, and keeps out of the theme's way.
// Whatever fails here costs the shopper this block and nothing else.

import { askable, consenting, decide, decided } from './consent.js';
import { about } from './page.js';
import { drop, seePage, track } from './signals.js';
import { Storefront } from './storefront.js';

/** Begins anew if the shopper changed their mind, or the answer came late. */
const reconsider = () => {
  const before = consenting;
  decide();
  if (before === consenting) return;
  drop();
  seePage();
  for (const host of document.querySelectorAll('wand-storefront')) host.again(!consenting);
};

/** Begins, unless another copy of the script did: a page may have a block and the embed. */
const begin = () => {
  customElements.define('wand-storefront', Storefront);

  document.addEventListener('visitorConsentCollected', reconsider);
  // The theme's own form on a product's page.
  document.addEventListener('submit', ({ target }) => {
    if (about.product && target.action?.includes('/cart/add')) track({ type: 'add-to-cart', product: String(about.product) });
  });
  decided.then(seePage);
  Promise.all([askable, decided]).then(reconsider).catch(() => {});
};

if (!customElements.get('wand-storefront')) begin();
