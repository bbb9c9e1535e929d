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

/**
 * Asks the app for one kind of answer. Whatever somebody else says in its place is an error, also with status 200: the page
 * where a shop asks for its password, of maintenance, or of what is not there.
 */
export const ask = async (url, kind, type, options) => {
  const answer = await get(url, { cache: 'no-store', redirect: 'error', ...options });
  const { headers } = answer;
  if (headers.get('x-wandstore') !== kind || !headers.get('content-type')?.startsWith(type)) throw kind;
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

/** Where the shop begins for this shopper: `/`, or the folder of their market, such as `/en-ca/`. */
export const root = () => {
  const path = `${shop.routes?.root ?? ''}/`.replace('//', '/');
  return /^(\/[\w-]+)*\/$/.test(path) ? path : '/';
};

/** A path of the shop, where this shopper finds it. */
export const here = (path) => (path.startsWith(root()) ? path : root() + path.slice(1));

/** Where and in which language the shopper is, as a block says, or else Shopify. */
export const market = ({ country, language } = {}) => (
  { country: country || shop.country || '', language: language || shop.locale?.toUpperCase().replaceAll('-', '_') || '' });

/** Where the app proxy is, by the setting of a block or of the embed. */
export const proxy = (setting) => here(pathOf(setting));

/** The same for requests that no block sends. */
export const prefix = () => proxy(about.prefix ?? document.querySelector('wand-storefront')?.dataset.prefix);
