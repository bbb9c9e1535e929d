// The plan that the scripted model answers with: every kind of block that a new shopper's page has.

export const TITLE = 'Wands for curious hands';
export const HEADLINE = 'Something here has been waiting for you';

/** A plan that shows `products`, as the question lists them. */
export function plan(products) {
  // A market that sells nothing has no products to show.
  if (products.length === 0) return { title: TITLE, blocks: [{ type: 'reassurance' }] };
  const available = products.filter((product) => product.available);
  const wands = available.filter((product) => product.category === 'Wands');
  const others = available.filter((product) => product.category !== 'Wands');
  const reduced = available.filter((product) => product.reduced);
  return {
    title: TITLE,
    blocks: [
      {
        type: 'hero',
        headline: HEADLINE,
        text: 'Old woods, odd cores and a shelf of quiet helpers. Take your time: they are used to it.',
        product: id(wands.at(-1)),
      },
      { type: 'grid', heading: 'Wands with a mind of their own', products: wands.slice(0, 4).map(id) },
      {
        type: 'spotlight',
        heading: 'Begin with a good book',
        text: 'Half of wandlore is knowing what to hold. The other half is knowing how.',
        product: id(others.find((product) => product.category === 'Books')),
      },
      { type: 'deals', heading: 'Kinder to the purse', products: reduced.map(id) },
      {
        type: 'bundle',
        heading: 'A first evening',
        text: 'Something to learn with, and something to keep it well.',
        products: [wands[1], others[1]].map(id),
      },
      { type: 'search', heading: 'Looking for something odd?', terms: ['ember', 'silk', 'healing'] },
      {
        type: 'story',
        heading: 'Made by people who listen',
        text: 'Every piece here was cut, wound or stitched by hand, and argued with until it agreed.',
      },
      { type: 'reassurance' },
    ],
  };
}

function id(product) {
  return product.id;
}
