// Data about the page that the script runs on.

/** Shopify's own object. */
export const shop = window.Shopify ?? {};

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Returns an unguessable name of 22 characters. */
export const random = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Fetches from this shop; any status other than success is an error. */
export const get = async (url, options) => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(30_000), ...options });
  if (!answer.ok) throw answer.status;
  return answer;
};

/** Sends JSON to this shop, even while the page is left. */
export const post = (url, data) => get(url, {
  method: 'POST', keepalive: true, headers: { 'content-type': 'application/json' }, body: JSON.stringify(data),
});

/**
 * Asks the app for one kind of answer. Any other response is an error, even with status 200: the shop's password page,
 * its maintenance page or its "not found" page.
 */
export const ask = async (url, kind, type, options) => {
  const answer = await get(url, { cache: 'no-store', redirect: 'error', ...options });
  const { headers } = answer;
  if (headers.get('x-wandstore') !== kind || !headers.get('content-type')?.startsWith(type)) throw kind;
  return answer;
};

// The embed's data about the page; the page may have no embed.
export const about = (() => {
  try {
    return JSON.parse(document.querySelector('[data-wand-page]').textContent);
  } catch {
    return {};
  }
})();

// Returns a path of this shop, whatever the setting contains.
export const pathOf = (prefix) => {
  const path = String(prefix ?? '').trim().replace(/\/+$/, '');
  return /^(\/[\w-]+)+$/.test(path) ? path : '/apps/wand';
};

/** The root path of the shop for this shopper: `/`, or the folder of their market, such as `/en-ca/`. */
export const root = () => {
  const path = `${shop.routes?.root ?? ''}/`.replace('//', '/');
  return /^(\/[\w-]+)*\/$/.test(path) ? path : '/';
};

/** A path of the shop, within this shopper's market folder. */
export const here = (path) => (path.startsWith(root()) ? path : root() + path.slice(1));

/** The shopper's country and language, from a block or else from Shopify. */
export const market = ({ country, language } = {}) => (
  { country: country || shop.country || '', language: language || shop.locale?.toUpperCase().replaceAll('-', '_') || '' });

/** The path of the app proxy, from the setting of a block or of the embed. */
export const proxy = (setting) => here(pathOf(setting));

/** The path of the app proxy for requests that no block sends. */
export const prefix = () => proxy(about.prefix ?? document.querySelector('wand-storefront')?.dataset.prefix);
