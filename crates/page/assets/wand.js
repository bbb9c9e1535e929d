(() => {
'use strict';
const { body } = document;
const main = document.querySelector('main');
const { store, words, added, ready } = body.dataset;
const shopper = new URLSearchParams(location.search).get('shopper');

// The page is at {prefix}/s/{store}, or at {prefix} itself behind an app proxy.
const path = location.pathname.replace(/\/$/, '');
const cut = path.lastIndexOf('/s/');
const api = (cut < 0 ? path : path.slice(0, cut)) + '/api/';

// The shopper's signals.

const track = (event) => shopper && fetch(api + 'shopper/track', {
  method: 'POST',
  keepalive: true,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ store, shopper, events: [event] }),
}).catch(() => {});

const search = (text) => {
  const term = text.trim().slice(0, 80);
  if (term) track({ type: 'search', term });
};

const put = (button) => {
  const label = button.firstChild;
  button.label ??= label.data;
  const mark = (text, isAdded) => {
    label.data = text;
    button.classList.toggle('added', isAdded);
  };
  mark(added, true);
  document.querySelector('#said').textContent = button.textContent;
  clearTimeout(button.timer);
  button.timer = setTimeout(mark, 2500, button.label, false);
  track({ type: 'add-to-cart', product: button.dataset.cart });
};

// Returns how many products were found, in the words' language: the server wrote a form for each of its plural categories.
const counted = (count) => {
  const form = (name) => body.getAttribute('data-found-' + name);
  const text = form(count) ?? form(new Intl.PluralRules(words).select(count)) ?? form('other');
  return text.replace('#', count);
};

// Shows the cards that fit, and says how many.
const keep = (section, fits, says = true) => {
  const found = new Set();
  for (const card of main.querySelectorAll('.cards li')) {
    card.hidden = !fits(card);
    if (!card.hidden) found.add(card.dataset.id);
  }
  section.querySelector('output').textContent = says && counted(found.size);
};

const filter = (form) => {
  const terms = form.q.value.toLowerCase().split(/\s+/);
  const fits = ({ textContent }) => terms.every((term) => textContent.toLowerCase().includes(term));
  keep(form.parentNode, fits, form.q.value);
};

const within = (button) => {
  const { least, most = Infinity } = button.dataset;
  keep(button.closest('section'), ({ dataset: { price } }) => +price >= least && +price <= most);
};

const sort = ({ value, parentNode }) => {
  const list = parentNode.parentNode.nextElementSibling;
  const sign = { 'price-ascending': 1, 'price-descending': -1 }[value] || 0;
  list.featured ??= [...list.children];
  list.append(...[...list.featured].sort((a, b) => sign * (a.dataset.price - b.dataset.price)));
  track({ type: 'sort', value });
};

const on = (type, selector, act) => document.addEventListener(type, (event) => {
  const element = event.target.closest(selector);
  if (element) act(element, event);
});
on('click', '[data-cart]', put);
on('click', '[data-id] a', (link) => track({ type: 'view', product: link.closest('[data-id]').dataset.id }));
on('click', 'a[data-term]', (link) => search(link.dataset.term));
on('click', 'button[data-term]', (button) => {
  const form = button.closest('section').querySelector('form');
  form.q.value = button.dataset.term;
  form.requestSubmit();
});
on('click', '[data-least]', within);
on('submit', 'form', (form) => search(form.q?.value ?? ''));
on('submit', '[data-filter]', (form, event) => {
  event.preventDefault();
  filter(form);
});
on('input', '[data-filter] input', (input) => filter(input.form));
on('change', '[data-sort]', sort);

// The brand's colours. A script sets them, because the policy allows only the style that every page has.

const paint = ({ accent, surface }) => {
  const { style } = document.documentElement;
  if (accent) style.setProperty('--accent', accent);
  if (surface) style.setProperty('--surface', surface);
};
paint(main.querySelector('.page').dataset);

// What the merchant announces (countdown.js).

const { lang } = document.documentElement;
announce(main, lang);

// Waiting for the page that is being made for the shopper.

const isNewest = () => {
  const timings = performance.getEntriesByType('navigation')[0]?.serverTiming;
  const cache = timings?.find((timing) => timing.name === 'cache')?.description;
  return cache ? cache === 'HIT' : body.dataset.generated === 'true';
};
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const turn = () => new Promise((done) => document.addEventListener('visibilitychange', done, { once: true }));

// A response that is not from the app is an error, even with status 200.
const get = async (url, kind) => {
  const answer = await fetch(url, { cache: 'no-store', redirect: 'error' });
  if (!answer.ok || answer.headers.get('x-wandstore') !== kind) throw answer.status;
  return answer;
};

// Loads the page, and decodes the images of its first view.
const load = async () => {
  const answer = await get(location.href, 'page');
  if (answer.headers.get('x-generated') !== 'true') throw answer.status;
  const text = await answer.text();
  const next = new DOMParser().parseFromString(text, 'text/html');
  if (next.body.dataset.store !== store || !text.trimEnd().endsWith('</html>')) throw answer.status;
  const pictures = [...next.querySelectorAll('main img:not([loading])')].map((picture) => {
    picture.decoding = 'sync';
    return document.importNode(picture).decode().catch(() => {});
  });
  await Promise.race([Promise.all(pictures), pause(4000)]);
  return next;
};

const wait = async () => {
  const status = api + 'generation/status?' + new URLSearchParams({ store, shopper, wait: 20 });
  for (let failures = 0; failures < 10;) {
    while (document.hidden) await turn();
    try {
      const { state } = await (await get(status, 'status')).json();
      if (state === 'ready') return await load();
      if (state === 'unknown') throw state;
      if (state !== 'queued' && state !== 'running') return;
      failures = 0;
    } catch {
      failures++;
    }
    await pause(1000 * 1.6 ** failures);
  }
};

const show = (next) => {
  const change = () => {
    announce(next, lang);
    main.replaceChildren(...next.querySelector('main').childNodes);
    document.title = next.title;
    body.dataset.generated = 'true';
    document.documentElement.dataset.swapped = 'true';
    scrollTo(0, 0);
  };
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (still || !document.startViewTransition) change();
  else document.startViewTransition(change).ready.catch(() => {});
};

// Nothing moves while a shopper is reading or typing.
const offer = (next) => {
  const button = document.createElement('button');
  button.textContent = ready;
  button.onclick = () => {
    button.remove();
    show(next);
    main.focus({ preventScroll: true });
  };
  document.querySelector('#news').append(button);
};

track({ type: 'visit' });
if (shopper && !isNewest()) {
  wait().then((next) => next && (scrollY > 0 || main.contains(document.activeElement) ? offer : show)(next)).catch(() => {});
}
})();
