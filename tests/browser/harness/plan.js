// The plan that the scripted model answers with: every kind of block that a new shopper's page has.

export const TITLE = 'Wands for curious hands';
export const ELSEWHERE = 'Other shelves';
export const HEADLINE = 'Something here has been waiting for you';

/** A plan that shows `products`, as the question lists them; or one for a page with a subject, which names none. */
export function plan(products, hasHero = true) {
  if (!hasHero) return { title: TITLE, blocks: [{ type: 'collections', heading: ELSEWHERE }, { type: 'reassurance' }] };
  // A market that sells nothing has no products to show.
  if (products.length === 0) return { title: TITLE, blocks: [{ type: 'reassurance' }] };
  const available = products.filter((product) => product.available);
  const wands = available.filter((product) => product.category === 'Wands');
  const others = available.filter((product) => product.category !== 'Wands');
  const reduced = available.filter((product) => product.reduced);
  const book = others.find((product) => product.category === 'Books');
  // Outside the hero a page shows a product once.
  const shown = new Set([book, ...reduced]);
  const left = (list) => list.filter((product) => !shown.has(product));
  const pair = [left(wands)[0], left(others)[0]];
  pair.forEach((product) => shown.add(product));
  return {
    title: TITLE,
    blocks: [
      {
        type: 'hero',
        headline: HEADLINE,
        text: 'Old woods, odd cores and a shelf of quiet helpers. Take your time: they are used to it.',
        product: id(wands.at(-1)),
      },
      { type: 'grid', heading: 'Wands with a mind of their own', products: left(wands).slice(0, 4).map(id) },
      {
        type: 'spotlight',
        heading: 'Begin with a good book',
        text: 'Half of wandlore is knowing what to hold. The other half is knowing how.',
        product: id(book),
      },
      { type: 'deals', heading: 'Reduced right now', products: reduced.map(id) },
      {
        type: 'bundle',
        heading: 'A first evening',
        text: 'Something to learn with, and something to keep it well.',
        products: pair.map(id),
      },
      { type: 'search', heading: 'Looking for something odd?', terms: ['ember', 'silk', 'willow'] },
      {
        type: 'story',
        heading: 'How a wand is chosen',
        text: 'Pick one up. If it hums, put the kettle on and stay a while. If it sulks, try the next.',
      },
      { type: 'reassurance' },
    ],
  };
}

function id(product) {
  return product.id;
}
