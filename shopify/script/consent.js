// Consent: to being recognised, which is a preference, and to being observed, which is analytics. A page of one's own takes both.
// Without a clear yes, or in the theme editor, there is none.

import { pause, random, shop } from './page.js';

/** Where it is kept who the shopper is, and that they were here in this sitting. */
const KEY = 'wand:visitor';
export const SITTING = 'wand:sitting';

/** Whether the shopper is recognised and observed. */
export let consenting = false;
const allowed = () => {
  const privacy = shop.customerPrivacy;
  if (shop.designMode || !privacy) return false;
  return privacy.preferencesProcessingAllowed() === true && privacy.analyticsProcessingAllowed() === true;
};

/** When the API can be asked, which on a slow connection may be late. */
export const askable = new Promise((done) => {
  if (shop.customerPrivacy || !shop.loadFeatures) return done();
  shop.loadFeatures([{ name: 'consent-tracking-api', version: '0.1' }], done);
});

/** Who the shopper is in this browser: drawn at random, and kept only with consent. */
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
    localStorage.removeItem(KEY);
    sessionStorage.removeItem(SITTING);
  } catch {}
};

/** Asks anew for consent. Where it is refused, what was stored goes; where nobody can be asked yet, it is only not used. */
export const decide = () => {
  try {
    consenting = allowed() && visitor() !== null;
  } catch {
    consenting = false;
  }
  if (!consenting && shop.customerPrivacy && !shop.designMode) forget();
};

/** When it is known for the first time: nobody waits for the API for long. */
export const decided = Promise.race([askable, pause(1500)]).catch(() => {}).then(decide);

export const who = () => (consenting ? { visitor: visitor(), consent: 1 } : {});
