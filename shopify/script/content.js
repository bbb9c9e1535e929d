// The content of a block. What is bought and where it leads are in its markup.

import { add, variantOf } from './cart.js';
import { search, see, track } from './signals.js';

const put = async (host, button) => {
  if (button.disabled) return;
  const label = button.firstChild;
  const before = label.data;
  const say = (text, added) => {
    label.data = text;
    button.classList.toggle('added', added);
  };
  button.disabled = true;
  try {
    await add(await variantOf(button.closest('[data-id]').querySelector('a[href*="/products/"]').href));
    say(host.dataset.added ?? 'Added', true);
    track({ type: 'add-to-cart', product: button.dataset.cart });
  } catch {
    say(host.dataset.failed ?? 'Could not add', false);
  }
  button.disabled = false;
  setTimeout(say, 2500, before, false);
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

/** Listens to all that can be done in the tree of `host`. */
export const listen = (host, tree) => {
  const on = (type, selector, act) => tree.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) act(element, event);
  });
  on('click', '[data-cart]', (button) => put(host, button));
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
