// Twenty shoppers of the demo shop, five of each persona, by what they did.

const visit = { type: 'visit' };
const view = (product) => ({ type: 'view', product });
const search = (term) => ({ type: 'search', term });
const cart = (product) => ({ type: 'add-to-cart', product });
const purchase = (product) => ({ type: 'purchase', product });
const sort = (value) => ({ type: 'sort', value });
const filter = (value) => ({ type: 'filter', value });

const DID = {
  explorer: [
    [],
    [view('willow-whisper'), view('walnut-stand'), view('field-charms')],
    [search('something for a foggy evening'), view('moonstone-reach'), view('gift-scroll')],
    [view('kelpie-core'), view('forearm-holster'), view('bergamot-balm'), view('stormglass'), search('a wand made of driftwood')],
    [search('first wand for a child'), view('first-spark'), view('wandlore-beginners'), view('apprentice-box')],
  ],
  loyalist: [
    [visit, visit, visit, visit, purchase('willow-whisper')],
    [visit, visit, purchase('first-spark'), purchase('moonsilk-cloth')],
    [visit, visit, visit, visit, visit, purchase('rowan-warden'), view('quickdraw-holster')],
    [visit, purchase('stormglass'), purchase('bergamot-balm'), purchase('walnut-stand')],
    [visit, visit, visit, purchase('wandlore-beginners'), purchase('field-charms'), search('books')],
  ],
  dealhunter: [
    [sort('price-ascending')],
    [search('wands on sale'), view('ember-plume')],
    [filter('price under 50'), sort('price-ascending')],
    [search('discount'), search('cheap holster'), view('forearm-holster')],
    [sort('price-ascending'), search('gift'), filter('reduced')],
  ],
  minimalist: [
    [view('willow-whisper'), cart('willow-whisper')],
    [cart('first-spark')],
    [view('forearm-holster'), cart('forearm-holster'), cart('bergamot-balm')],
    [search('balm'), cart('bergamot-balm')],
    [view('midnight-yew'), view('rosewood-duet'), cart('rosewood-duet')],
  ],
};

/** The shoppers: `{ id, persona, events }`, in turns of the personas. */
export const SHOPPERS = Array.from({ length: 5 }, (_, at) => (
  Object.entries(DID).map(([persona, did]) => ({ id: `${persona}-${at + 1}`, persona, events: did[at] }))
)).flat();
