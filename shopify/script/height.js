// Keeps visible content from moving.

export const onScreen = (element) => {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
};

const once = (element, inside, rootMargin) => new Promise((done) => {
  new IntersectionObserver((entries, observer) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting === inside)) return;
    observer.disconnect();
    done();
  }, { rootMargin }).observe(element);
});

/** Resolves once an element is in the middle half of the screen, where a shopper looks. */
export const looked = (element) => once(element, true, '-25% 0px');

/** Resolves once an element is out of sight. */
export const away = (element) => once(element, false);

export const button = (text, act) => {
  const element = Object.assign(document.createElement('button'), { type: 'button', textContent: text, className: 'wand-note' });
  element.addEventListener('click', () => {
    element.remove();
    act();
  });
  return element;
};

/** Makes a change that may make `host` taller; while its end is in sight, it keeps its former height. */
export const keepHeight = (host, tree, change) => {
  const end = host.getBoundingClientRect();
  const held = end.bottom > 0 && end.bottom < innerHeight;
  const { style } = host;
  if (held) Object.assign(style, { blockSize: `${end.height}px`, overflow: 'clip' });
  change();
  if (!held) return;
  const release = () => Object.assign(style, { blockSize: '', overflow: '' });
  if (host.scrollHeight <= Math.ceil(end.height)) return release();
  const more = button(host.dataset.more ?? 'Show all of it', release);
  tree.append(more);
  const mark = Object.assign(document.createElement('span'), { className: 'wand-end' });
  tree.append(mark);
  away(mark).then(() => {
    more.remove();
    mark.remove();
    release();
  });
};
