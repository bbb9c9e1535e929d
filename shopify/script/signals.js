// What the shopper does, in as few reports as there can be.

import { consenting, SITTING, who } from './consent.js';
import { about, market, prefix, random } from './page.js';

let events = [];
const report = () => {
  if (!consenting || !events.length) return;
  // Another page may follow, and is to be the one that the shopper is shown.
  const place = market(document.querySelector('wand-storefront')?.dataset);
  const query = new URLSearchParams({ ...who(), ...place, nonce: random() });
  fetch(`${prefix()}/track?${query}`, {
    method: 'POST',
    keepalive: true,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events: events.splice(0, 50) }),
  }).catch(() => {});
};

/** Reports an event shortly, with those that come meanwhile. */
export const track = (event) => {
  if (!consenting) return;
  events.push(event);
  if (events.length === 1) setTimeout(report, 100);
};

/** Somebody looks for something. */
export const search = (text) => {
  const term = String(text ?? '').trim().slice(0, 80);
  if (term) track({ type: 'search', term });
};

/** Somebody looks at a product. */
export const see = (product) => product && track({ type: 'view', product: String(product) });

// Once in a sitting: who turns many pages is not a regular.
const visit = () => {
  try {
    if (sessionStorage.getItem(SITTING)) return;
    sessionStorage.setItem(SITTING, '1');
    track({ type: 'visit' });
  } catch {}
};

/** Reports what the embed says of the page. */
export const seePage = () => {
  if (!consenting) return;
  visit();
  see(about.product);
  search(about.term);
};

/** Drops what was not reported yet. */
export const drop = () => { events = []; };

addEventListener('pagehide', report);
