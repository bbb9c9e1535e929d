// The content of a block. Its markup holds the products to buy and the links.

import { add, variantOf } from './cart.js';
import { here } from './page.js';
import { search, see, track } from './signals.js';

/** The address of a product's page, from any element of the product. */
const pageOf = (element) => element.closest('[data-id]').querySelector('a[href*="/products/"]').href;

/** Our script's address; what only some pages need is beside it. */
const { src } = document.currentScript ?? {};
/** What `countdown.js` does with an announcement, once it is loaded. */
let announce = () => {};

/** Loads what the content of a tree needs besides this script. */
export const equip = async (tree) => {
  if (tree.querySelector('[data-until]')) ({ announce } = await import(new URL('countdown.js', src)));
};

/** Writes the last day of what is announced, and counts it down. */
export const count = (tree) => announce(tree, document.documentElement.lang);

/**
 * Rewrites links and forms of the shop to this shopper's domain and market folder. The
 * content is the same for every domain and folder, and uses the shop's own domain.
 */
export const lead = (tree) => {
  const home = tree.querySelector('[data-home]')?.dataset.home;
  for (const [selector, name] of [['a[href]', 'href'], ['form[action]', 'action']]) {
    for (const element of tree.querySelectorAll(selector)) {
      const address = element.getAttribute(name);
      const path = home && address.startsWith(`${home}/`) ? address.slice(home.length) : address;
      if (/^\/(?!\/)/.test(path)) element.setAttribute(name, here(path));
    }
  }
};

/** Turns links to products that can be bought into buttons, because a theme has a cart to add them to. */
export const sell = (tree, label = 'Add to cart') => {
  for (const link of tree.querySelectorAll('[data-id] a.button[href*="/products/"]')) {
    const button = Object.assign(document.createElement('button'), { type: 'button' });
    button.dataset.cart = link.closest('[data-id]').dataset.id;
    button.append(label, ...[...link.childNodes].slice(1));
    link.replaceWith(button);
  }
};

/** Shows the outcome in a button for a moment. */
const say = (button, text, added) => {
  const label = button.firstChild;
  button.said ??= label.data;
  label.data = text;
  button.classList.toggle('added', added);
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    label.data = button.said;
    button.classList.remove('added');
  }, 2500);
};

// Puts the variant into the cart that the button's form has chosen. Without one, it opens the product's page if there is
// something to choose.
const put = async (host, button) => {
  if (button.ariaBusy === 'true') return;
  button.ariaBusy = 'true';
  const link = pageOf(button);
  const variant = +button.form?.elements.id.value || await variantOf(link).catch(() => null);
  if (variant) {
    const added = await add(variant).then(() => true, () => false);
    say(button, added ? host.dataset.added ?? 'Added' : host.dataset.failed ?? 'Could not add', added);
    if (added) track({ type: 'add-to-cart', product: button.dataset.cart });
  } else {
    see(button.dataset.cart);
    location.assign(link);
  }
  button.ariaBusy = 'false';
};

const filter = (main, form) => {
  const words = form.q.value.toLowerCase().split(/\s+/);
  const cards = [...main.querySelectorAll('.cards li')];
  for (const card of cards) card.hidden = !words.every((word) => card.textContent.toLowerCase().includes(word));
};

const sort = (select) => {
  const list = select.closest('.head').nextElementSibling;
  const sign = { 'price-ascending': 1, 'price-descending': -1 }[select.value] ?? 0;
  list.featured ??= [...list.children];
  list.append(...[...list.featured].sort((a, b) => sign * (a.dataset.price - b.dataset.price)));
  track({ type: 'sort', value: select.value });
};

/** Listens to all interactions in the tree of `host`. */
export const listen = (host, tree) => {
  const on = (type, selector, act) => tree.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) act(element, event);
  });
  on('click', '[data-cart]', (button, event) => {
    event.preventDefault();
    put(host, button);
  });
  on('click', '[data-id] a', (link) => see(link.closest('[data-id]').dataset.id));
  on('click', 'a[data-term]', (link) => search(link.dataset.term));
  on('click', 'button[data-term]', (button) => {
    const form = button.closest('section').querySelector('form');
    form.q.value = button.dataset.term;
    form.requestSubmit();
  });
  on('submit', 'form', (form) => search(form.q?.value));
  on('submit', '[data-filter]', (form, event) => {
    event.preventDefault();
    filter(tree, form);
  });
  on('input', '[data-filter] input', (input) => filter(tree, input.form));
  on('change', '[data-sort]', sort);
};
