// The positions of texts on a page, from the browser's layout.

/**
 * What is wrong with a layout, in words: a page that scrolls sideways, texts outside of their tile, and texts of two
 * tiles in one place. Runs in the page. `selector` names the host of a shadow tree that holds the tiles; without one, the
 * document does.
 */
export function faults(selector) {
  const SLACK_PX = 1;
  const host = selector && document.querySelector(selector);
  const root = host?.shadowRoot ?? document;
  const { scrollingElement } = document;
  const found = [];
  if (scrollingElement.scrollWidth > scrollingElement.clientWidth) {
    found.push(`the page is ${scrollingElement.scrollWidth} px wide, the window ${scrollingElement.clientWidth}`);
  }
  if (host && host.scrollWidth > host.clientWidth) {
    found.push(`the content is ${host.scrollWidth} px wide, its column ${host.clientWidth}`);
  }
  const boxesOf = (tile) => {
    const boxes = [];
    const walker = document.createTreeWalker(tile, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const hidden = node.parentElement.closest('.quiet, select, [hidden], style, script');
      const nested = node.parentElement.closest('li, .hero, .spotlight, .sum') !== tile;
      if (hidden || nested || !node.data.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const text = node.data.trim().slice(0, 20);
      for (const box of range.getClientRects()) if (box.width > 0) boxes.push({ text, box });
    }
    return boxes;
  };
  const texts = [...root.querySelectorAll('li, .hero, .spotlight, .sum')].flatMap((tile, index) => {
    const { left, right } = tile.getBoundingClientRect();
    const boxes = boxesOf(tile);
    for (const { text, box } of boxes) {
      if (box.left < left - SLACK_PX || box.right > right + SLACK_PX) found.push(`"${text}" is outside of its tile`);
    }
    return boxes.map((text) => ({ index, ...text }));
  });
  texts.sort((one, other) => one.box.top - other.box.top);
  texts.forEach((one, at) => {
    for (const other of texts.slice(at + 1)) {
      if (other.box.top >= one.box.bottom - SLACK_PX) break;
      const shared = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      if (one.index !== other.index && shared > SLACK_PX) found.push(`"${one.text}" covers "${other.text}"`);
    }
  });
  return [...new Set(found)].slice(0, 5);
}

/** Puts content into a shadow tree in a column of that width, as the theme's block does. */
export function intoColumn({ style, content, width }) {
  document.body.style.margin = 0;
  document.body.innerHTML = `<div style="width: ${width}px"><wand-storefront style="display: block"></wand-storefront></div>`;
  const tree = document.querySelector('wand-storefront').attachShadow({ mode: 'open' });
  tree.innerHTML = `<style>${style}</style>${content}`;
}
