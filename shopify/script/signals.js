// Reports what the shopper does, in as few requests as possible.

import { name } from './cart.js';
import { consenting, SEEN, SITTING, who } from './consent.js';
import { about, market, post, prefix, random } from './page.js';

let events = [];
const report = () => {
  if (!consenting || !events.length) return;
  // The report can lead to a new page, which must be for the market that the shopper sees.
  const block = document.querySelector('wand-storefront')?.dataset;
  const place = { context: block?.context ?? 'page', ...market(block) };
  const query = new URLSearchParams({ ...who(), ...place, nonce: random() });
  post(`${prefix()}/track?${query}`, { events: events.splice(0, 50) }).catch(() => {});
};

/** Reports an event after a short delay, together with other events of that time. */
export const track = (event) => {
  if (!consenting) return;
  events.push(event);
  if (events.length === 1) setTimeout(report, 100);
};

/** Reports a search. */
export const search = (text) => {
  const term = String(text ?? '').trim().slice(0, 80);
  if (term) track({ type: 'search', term });
};

/** Reports a product view. */
export const see = (product) => product && track({ type: 'view', product: String(product) });

const oncePerSession = (key, event) => {
  try {
    if (!consenting || sessionStorage.getItem(key)) return;
    sessionStorage.setItem(key, '1');
    track(event);
    return true;
  } catch {}
};

// Many page views do not make a regular visitor.
const visit = () => oncePerSession(SITTING, { type: 'visit' });

/** Reports that the shopper saw the block, whatever is in it, and has their order say who they are. */
export const seeBlock = () => oncePerSession(SEEN, { type: 'seen' }) && name(who().visitor);

/** Reports a visit and the embed's data about the page. */
export const seePage = () => {
  if (!consenting) return;
  visit();
  see(about.product);
  search(about.term);
};

/** Drops events that were not reported yet. */
export const drop = () => { events = []; };

addEventListener('pagehide', report);
