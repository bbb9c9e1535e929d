// What Shopify puts into every page of a shop: only as much of it as apps may use. SETTINGS comes from the simulator.
(() => {
const settings = SETTINGS;
const cookie = (name) => document.cookie.split('; ').includes(`${name}=1`);
const keep = (name, on) => { document.cookie = `${name}=1; path=/; max-age=${on ? 3600 : 0}`; };
const consent = () => cookie('_tracking_consent');

const count = (cart) => {
  for (const place of document.querySelectorAll('[data-cart-count]')) place.textContent = cart.item_count;
  return cart;
};
const add = async (items) => {
  const body = JSON.stringify({ items });
  const answer = await fetch(`${settings.root}cart/add.js`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!answer.ok) return { userErrors: [{ message: 'Not available' }] };
  return { cart: count(await (await fetch(`${settings.root}cart.js`)).json()), userErrors: [], warnings: [] };
};
const actions = {
  updateCart: ({ lines }) => add(lines.map((line) => ({ id: Number(line.merchandiseId.split('/').at(-1)), quantity: line.quantity }))),
  openCart: async () => { document.documentElement.dataset.cart = 'open'; },
};
const privacy = {
  preferencesProcessingAllowed: consent,
  analyticsProcessingAllowed: consent,
  marketingAllowed: consent,
  setTrackingConsent(choice, done) {
    keep('_tracking_consent', choice.preferences && choice.analytics);
    document.dispatchEvent(new CustomEvent('visitorConsentCollected', { detail: choice }));
    done?.();
  },
};
window.Shopify = {
  shop: settings.shop, locale: settings.locale, country: settings.country, routes: { root: settings.root },
  ...(settings.design && { designMode: true }),
  ...(settings.actions && { actions }),
  loadFeatures(features, done) {
    setTimeout(() => {
      this.customerPrivacy = privacy;
      done();
    }, 30);
  },
};
addEventListener('DOMContentLoaded', () => {
  const [agree, login] = ['#consent', '#customer'].map((id) => document.querySelector(id));
  agree.checked = consent();
  login.checked = cookie('customer');
  agree.addEventListener('change', () => {
    const on = agree.checked;
    privacy.setTrackingConsent({ preferences: on, analytics: on, marketing: on });
  });
  login.addEventListener('change', () => keep('customer', login.checked));
});
// The theme editor changes sections without loading the page again, and says so with events
// (https://shopify.dev/docs/storefronts/themes/best-practices/editor/integrate-sections-and-blocks).
if (settings.design) {
  const tell = (section, name) => {
    const detail = { sectionId: section.id.replace('shopify-section-', '') };
    section.dispatchEvent(new CustomEvent(`shopify:section:${name}`, { bubbles: true, detail }));
  };
  const load = (section, place) => {
    place(section);
    tell(section, 'load');
  };
  window.simulatedEditor = {
    /** A setting was changed: the server renders the section again. */
    async render(section) {
      const page = new DOMParser().parseFromString(await (await fetch(location)).text(), 'text/html');
      tell(section, 'unload');
      load(page.getElementById(section.id), (rendered) => section.replaceWith(rendered));
    },
    /** Removes a section; what is returned undoes it. */
    remove(section) {
      const { parentElement: parent } = section;
      tell(section, 'unload');
      section.remove();
      return () => load(section, () => parent.append(section));
    },
    /** Moves a section to the end. */
    reorder(section) {
      section.parentElement.append(section);
      tell(section, 'reorder');
    },
  };
}
document.addEventListener('wand:cart', async () => count(await (await fetch(`${settings.root}cart.js`)).json()));
})();
