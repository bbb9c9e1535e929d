// Consent to recognition (Shopify's "preferences") and to observation ("analytics"). A personal page needs both.
// Without a clear yes, or in the theme editor, there is no consent.

import { name } from './cart.js';
import { pause, random, shop } from './page.js';

/** The storage keys of the visitor id, and of the marks that a visit and a look at the block were reported in this session. */
const KEY = 'wand:visitor';
export const SITTING = 'wand:sitting';
export const SEEN = 'wand:seen';

/** Whether the shopper is recognised and observed. */
export let consenting = false;
const allowed = () => {
  const privacy = shop.customerPrivacy;
  if (shop.designMode || !privacy) return false;
  return privacy.preferencesProcessingAllowed() === true && privacy.analyticsProcessingAllowed() === true;
};

/** Resolves once the API has loaded, which may be late on a slow connection. */
export const askable = new Promise((done) => {
  if (shop.customerPrivacy || !shop.loadFeatures) return done();
  shop.loadFeatures([{ name: 'consent-tracking-api', version: '0.1' }], done);
});

/** The visitor id of this browser: random, and stored only with consent. */
const visitor = () => {
  try {
    const known = localStorage.getItem(KEY);
    if (/^[\w-]{22,64}$/.test(known)) return known;
    localStorage.setItem(KEY, random());
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
};

const forget = () => {
  try {
    if (localStorage.getItem(KEY)) name('');
    localStorage.removeItem(KEY);
    sessionStorage.removeItem(SITTING);
    sessionStorage.removeItem(SEEN);
  } catch {}
};

/** Reads consent again. Deletes stored data if consent is refused; only ignores it if consent is not known yet. */
export const decide = () => {
  try {
    consenting = allowed() && visitor() !== null;
  } catch {
    consenting = false;
  }
  if (!consenting && shop.customerPrivacy && !shop.designMode) forget();
};

/** Resolves once consent is read for the first time, after waiting briefly for the API. */
export const decided = Promise.race([askable, pause(1500)]).catch(() => {}).then(decide);

export const who = () => (consenting ? { visitor: visitor(), consent: 1 } : {});
