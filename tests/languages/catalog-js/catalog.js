// A catalog in JavaScript: a shop for paper and ink. It asks nobody, so that it cannot fail.
//
// What it exports is the interface `catalog` of the world `catalog-demo` in wit/storefront: records are
// objects with names in camel case, u64 is BigInt, and `undefined` is the `none` of an option.

/** Prices are in cents. */
const CURRENCY = 'EUR';

const SIDE = 600;

const product = (id, title, description, category, price, more = {}) => ({
  id,
  title,
  description,
  vendor: 'Papermill Lane',
  category,
  tags: [],
  url: `#product-${id}`,
  image: picture(more.colour ?? '446', title),
  price,
  priceBefore: more.priceBefore,
  available: more.available ?? true,
});

/** A sheet of paper in some colour, as a `data:` address (RFC 2397). */
const picture = (colour, alt) => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIDE} ${SIDE}">`
    + `<path fill="#fed" d="M0 0h600v600H0z"/><path fill="#${colour}" d="M150 90h220l80 80v340H150z"/></svg>`;
  return { url: `data:image/svg+xml,${encodeURIComponent(svg)}`, alt, width: SIDE, height: SIDE };
};

const PRODUCTS = [
  product('laid-paper', 'Laid Paper, 50 sheets', 'Ribbed like handmade paper, and kind to broad nibs.', 'Paper', 1850n),
  product('iron-gall-ink', 'Iron Gall Ink', 'Goes on grey and turns black by the evening. It stays.', 'Ink', 1290n, { colour: '224' }),
  product('dip-pen', 'Dip Pen of Pear Wood', 'With three nibs: a fine one, a soft one and a broad one.', 'Pens', 2400n, { colour: '853', priceBefore: 2900n }),
  product('blotter', 'Rocker Blotter', 'One roll of the hand, and the page can be turned.', 'Desk', 3200n, { colour: '684' }),
  product('sealing-wax', 'Sealing Wax, Four Sticks', 'Softens at the flame of a candle and never cracks in the post.', 'Desk', 980n, { colour: 'b33' }),
  product('pounce', 'Pounce', 'What people used before there were blotters. Sold out for two hundred years.', 'Desk', 450n, { available: false }),
];

export const catalog = {
  products: (_store) => ({ currency: CURRENCY, products: PRODUCTS }),
};
