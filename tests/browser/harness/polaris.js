// Stands in for Shopify's Polaris: elements of its names with a shadow root, fields that keep a value, links that are links.
// It has none of Polaris' style, weight or behaviour beyond that.
"use strict";
(() => {
  const define = (name, html, more = class extends HTMLElement {}) => {
    customElements.define(name, class extends more {
      constructor() {
        super();
        this.attachShadow({ mode: 'open', delegatesFocus: true }).innerHTML = html(this);
        this.ready?.();
      }
    });
  };
  const box = 'display:block;background:#fff;border-radius:12px;padding:16px';
  const slot = (style) => () => `<style>:host{${style}}</style><slot></slot>`;
  const headed = (style, tag) => (element) => `<style>:host{${style}}${tag}{font-size:15px;margin:0 0 12px}</style><${tag}>${element.getAttribute('heading') ?? ''}</${tag}><slot></slot>`;
  define('s-page', headed('display:grid;gap:16px;max-width:992px;margin:0 auto;padding:20px 16px 48px', 'h1'));
  define('s-section', headed(box, 'h2'));
  define('s-banner', slot('display:block;padding:12px 16px;border-radius:12px;background:#fff1e3'));
  define('s-stack', slot('display:grid;gap:16px'));
  define('s-paragraph', slot('display:block;margin-bottom:12px'));
  define('s-badge', slot('display:inline-block;padding:2px 8px;border-radius:8px;background:#e3e3e3'));
  define('s-button', () => '<style>button{min-height:32px;padding:6px 12px}</style><button type="button"><slot></slot></button>');

  class Field extends HTMLElement {
    ready() {
      const get = (name) => this.getAttribute(name) ?? '';
      const control = this.control = this.shadowRoot.querySelector('input, textarea, select');
      for (const { value, text } of this.options()) control.add(new Option(text, value));
      control.setAttribute('aria-label', get('label'));
      const value = get('value');
      control.value = value;
      control.placeholder = get('placeholder');
      this.shadowRoot.querySelector('small').textContent = get('error') || get('details');
      this.shadowRoot.querySelector('b').textContent = get('label');
      if (control.type === 'checkbox') control.checked = this.hasAttribute('checked');
      control.addEventListener('change', () => this.dispatchEvent(new Event('change', { bubbles: true })));
    }

    options() {
      return [...this.querySelectorAll('s-option')].map((option) => ({ value: option.getAttribute('value'), text: option.textContent }));
    }

    get value() { return this.control.value; }

    set value(text) { this.control.value = text; }

    get checked() { return this.control.checked; }

    set checked(on) { this.control.checked = on; }
  }
  const style = ':host{display:block}input:not([type=checkbox]),textarea,select{box-sizing:border-box;width:100%;margin:4px 0;padding:8px 12px;font:inherit}small{display:block;color:#616161}';
  const field = (control) => () => `<style>${style}</style><label><b></b>${control}</label><small></small>`;
  define('s-text-field', field('<input>'), Field);
  define('s-color-field', field('<input>'), Field);
  define('s-text-area', field('<textarea rows="4"></textarea>'), Field);
  define('s-option', () => '');
  define('s-select', field('<select></select>'), Field);
  define('s-checkbox', field('<input type="checkbox">'), Field);
})();
