// The block: `<wand-storefront>`, filled by the app proxy.

import { decided, who } from './consent.js';
import { count, equip, lead, listen, sell } from './content.js';
import { away, button, keepHeight, looked, onScreen } from './height.js';
import { ask, market, pause, proxy } from './page.js';
import { seeBlock } from './signals.js';

/** A block, or the storefront's own page inside the theme. */
export class Storefront extends HTMLElement {
  #tree;
  #turn = 0;
  #watched = false;

  // The theme editor removes and reinserts a section: each insertion starts anew.
  connectedCallback() {
    this.#begin().catch(() => this.#fail());
  }

  disconnectedCallback() {
    this.#turn += 1;
  }

  /** Starts again after consent was given or withdrawn. After a withdrawal, personal content is removed at once. */
  again(withdrawn) {
    this.#watched = false;
    if (withdrawn) this.#clear();
    this.#begin().catch(() => this.#fail());
  }

  async #begin() {
    const turn = ++this.#turn;
    if (!this.#tree) this.#grow();
    await decided;
    const next = await this.#load();
    if (turn !== this.#turn) return;
    if (next.generated || this.dataset.state !== 'shown') this.#show(next);
    // What is shown stays, but whoever consented meanwhile looks at it.
    else this.#watch();
    if (!next.generated) await this.#wait(turn);
  }

  #clear() {
    this.#tree?.replaceChildren(document.createElement('slot'));
    delete this.dataset.state;
  }

  #grow() {
    this.#tree = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    if (this.#tree.childElementCount) {
      lead(this.#tree);
      sell(this.#tree, this.dataset.add);
      equip(this.#tree).then(() => count(this.#tree)).catch(() => {});
      this.#settle();
    } else {
      this.#tree.innerHTML = '<slot></slot>';
    }
    listen(this, this.#tree);
  }

  #ask(path, type, more, options) {
    const { context = 'page', about } = this.dataset;
    const place = { context, about, ...market(this.dataset) };
    const known = Object.entries({ ...who(), ...place, ...more }).filter(([, value]) => value);
    return ask(`${proxy(this.dataset.prefix)}/${path}?${new URLSearchParams(known)}`, path, type, options);
  }

  // The pictures that are visible first are decoded, and what the content needs is loaded, before the content is shown.
  async #load() {
    const answer = await this.#ask('fragment', 'text/html', {}, { signal: AbortSignal.timeout(8000) });
    const content = document.createElement('template');
    content.innerHTML = await answer.text();
    const end = content.content.lastElementChild;
    if (!end?.matches('[data-wand-end]') || !content.content.querySelector('.page')) throw answer.status;
    end.remove();
    const pictures = [...content.content.querySelectorAll('img:not([loading])')].map((picture) => {
      picture.decoding = 'sync';
      return document.importNode(picture).decode().catch(() => {});
    });
    const ready = Promise.all([...pictures, equip(content.content).catch(() => {})]);
    await Promise.race([ready, pause(this.dataset.state ? 4000 : 600)]);
    return { content: content.content, generated: answer.headers.get('x-generated') === 'true' };
  }

  async #wait(turn) {
    for (let failures = 0; failures < 10;) {
      while (document.hidden) await new Promise((done) => document.addEventListener('visibilitychange', done, { once: true }));
      if (turn !== this.#turn) return;
      try {
        const { state } = await (await this.#ask('status', 'application/json', { wait: 20 })).json();
        if (turn !== this.#turn) return;
        if (state === 'ready') return this.#swap(await this.#load(), turn);
        if (state === 'unknown') throw state;
        if (state !== 'queued' && state !== 'running') return;
        failures = 0;
      } catch {
        failures++;
      }
      await pause(1000 * 1.6 ** failures);
    }
  }

  // The content does not move while the shopper reads or types in it.
  #swap(next, turn) {
    if (!next.generated || turn !== this.#turn) return;
    const reading = onScreen(this) && this.getBoundingClientRect().top < -8;
    if (!reading && !this.#tree.activeElement) return this.#show(next);
    const offer = button(this.dataset.ready ?? 'Your storefront is ready', () => {
      this.#show(next);
      this.scrollIntoView();
    });
    offer.classList.add('wand-top');
    offer.setAttribute('role', 'status');
    this.#tree.prepend(offer);
  }

  #show({ content, generated }) {
    lead(content);
    sell(content, this.dataset.add);
    count(content);
    keepHeight(this, this.#tree, () => this.#tree.replaceChildren(content));
    this.dataset.generated = generated;
    this.#settle();
  }

  #settle() {
    this.dataset.state = 'shown';
    this.#watch();
    const marked = this.#tree.querySelector('main, [data-accent], [data-surface]');
    for (const name of ['accent', 'surface']) {
      const color = this.dataset[name] ?? this.#tree.querySelector(`[data-${name}]`)?.dataset[name];
      if (color && CSS.supports('color', color)) marked?.style.setProperty(`--${name}`, color);
    }
  }

  // Whatever the content is: shoppers who are held out must be counted as the others are.
  #watch() {
    if (this.#watched) return;
    this.#watched = true;
    looked(this).then(seeBlock);
  }

  // Shown content stays; an empty block becomes a link, and collapses once it is out of sight.
  #fail() {
    if (this.dataset.state === 'shown') return;
    this.dataset.state = 'failed';
    away(this).then(() => this.toggleAttribute('data-empty', this.dataset.state === 'failed'));
  }
}
