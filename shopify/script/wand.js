// The storefront inside a theme: fills the block, reports what consenting shoppers do, and does not interfere with the
// theme. A failure affects only this block.

import { askable, consenting, decide, decided } from './consent.js';
import { about } from './page.js';
import { drop, seePage, track } from './signals.js';
import { Storefront } from './storefront.js';

/** Starts again if the shopper changed their consent, or it became known late. */
const reconsider = () => {
  const before = consenting;
  decide();
  if (before === consenting) return;
  drop();
  seePage();
  for (const host of document.querySelectorAll('wand-storefront')) host.again(!consenting);
};

/** Starts, unless another copy of the script has: a page may have both a block and the embed. */
const begin = () => {
  customElements.define('wand-storefront', Storefront);

  document.addEventListener('visitorConsentCollected', reconsider);
  // The theme's own form on a product page.
  document.addEventListener('submit', ({ target }) => {
    if (about.product && target.action?.includes('/cart/add')) track({ type: 'add-to-cart', product: String(about.product) });
  });
  decided.then(seePage);
  Promise.all([askable, decided]).then(reconsider).catch(() => {});
};

if (!customElements.get('wand-storefront')) begin();
