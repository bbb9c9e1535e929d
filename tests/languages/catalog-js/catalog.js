// A catalog in JavaScript: a small shop for wands. It calls no other service, so it cannot fail. Two of its
// products have ids of the demo shop's, so that one story fits both.
//
// What it exports is the interface `catalog` of the world `catalog-demo` in wit/storefront: records are
// objects with names in camel case, u64 is BigInt, and `undefined` is the `none` of an option.

/** Prices are in cents. */
const CURRENCY = 'USD';

const SIDE = 600;

const product = (id, title, description, category, price, more) => ({
  id,
  title,
  description,
  vendor: 'Script & Bough',
  category,
  tags: more.tags ?? [],
  url: `#product-${id}`,
  image: picture(more.colour, title),
  price,
  priceBefore: more.priceBefore,
  available: more.available ?? true,
});

/** A wand of some colour, as a `data:` address (RFC 2397). */
const picture = (colour, alt) => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIDE} ${SIDE}">`
    + `<path fill="#fed" d="M0 0h600v600H0z"/><path fill="#${colour}" d="M100 482 432 166 134 516z"/></svg>`;
  return { url: `data:image/svg+xml,${encodeURIComponent(svg)}`, alt, width: SIDE, height: SIDE };
};

const PRODUCTS = [
  product('willow-whisper', 'Willow Whisper', 'Bends before it breaks, and forgives a hasty hand.', 'Wands', 6400n, { colour: '684', tags: ['bestseller'] }),
  product('ember-plume', 'Ember Plume', 'Warm to the touch: for lighting stoves and tempers.', 'Wands', 8900n, { colour: 'c52' }),
  product('plain-ash', 'Plain Ash', 'No carving, no stone. It does what it is told.', 'Wands', 3900n, { colour: '987', priceBefore: 4900n }),
  product('wrist-sheath', 'Wrist Sheath', 'Soft leather with a spring: a wand in the hand within a blink.', 'Holsters', 3200n, { colour: '853' }),
  product('beeswax', 'Beeswax with Rosemary', 'A thimbleful a month keeps any wood from cracking.', 'Care', 980n, { colour: 'c93' }),
  product('moon-thread', 'Moon Thread', 'Spun on two nights of the year. Sold out until the next.', 'Cores', 12500n, { colour: '88a', available: false }),
];

/** The shop's categories; it has no pages of them. */
const COLLECTIONS = Object.entries(Object.groupBy(PRODUCTS, ({ category }) => category))
  .map(([title, products]) => ({ handle: title.toLowerCase(), title, url: '', products: products.map(({ id }) => id) }))
  .sort((a, b) => b.products.length - a.products.length);

/** The engine in the component knows no classes of Unicode: words end at spaces and at ASCII's signs. */
const words = (text) => text.toLowerCase().split(/[\s!-/:-@[-`{-~]+/).filter(Boolean);

const isFound = ({ title, description, category }, term) => {
  const wanted = words(term);
  const text = `${title} ${description} ${category}`.toLowerCase();
  return wanted.length > 0 && wanted.every((word) => text.includes(word));
};

export const catalog = {
  products: (_store, _market, _freshness) => ({
    shopName: '', currency: CURRENCY, moneyFormat: '', bestSellersFirst: false, products: PRODUCTS,
  }),
  collections: (_store, _market, _freshness) => COLLECTIONS,
  members: (_store, _freshness, handles) =>
    handles.map((handle) => COLLECTIONS.find((collection) => collection.handle === handle)?.products ?? []),
  byName: (_store, _market, _freshness, names) => PRODUCTS.filter(({ id }) => names.includes(id)),
  search: (_store, _market, _freshness, term) => PRODUCTS.filter((product) => isFound(product, term)),
};
