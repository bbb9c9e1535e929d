// What is known of the page that the script is on.

/** Shopify's own object. */
export const shop = window.Shopify ?? {};

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** A name that nobody guesses: 22 characters. */
export const random = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Asks this shop; anything but a good answer is an error. */
export const get = async (url, options) => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000), ...options });
  if (!answer.ok) throw answer.status;
  return answer;
};

// What the embed says about the page; the page may have none.
export const about = (() => {
  try {
    return JSON.parse(document.querySelector('[data-wand-page]').textContent);
  } catch {
    return {};
  }
})();

// Whatever stands in a setting, it is a path of this shop.
export const pathOf = (prefix) => {
  const path = String(prefix ?? '').trim().replace(/\/+$/, '');
  return /^(\/[\w-]+)+$/.test(path) ? path : '/apps/wand';
};

/** Where and in which language the shopper is, as a block says, or else Shopify. */
export const market = ({ country = shop.country, language = shop.locale } = {}) => (
  { country: country ?? '', language: language?.toUpperCase().replace('-', '_') ?? '' });

/** Where the app proxy is. */
export const prefix = () => pathOf(about.prefix ?? document.querySelector('wand-storefront')?.dataset.prefix);
