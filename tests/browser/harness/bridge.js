// Stands in for the parts of Shopify's App Bridge that the simulated shop does not have: the bar for unsaved changes, toasts,
// and what is known of the app's extensions. It notes what it is asked for in `asked`.
"use strict";
(() => {
  const asked = (window.asked = []);
  const note = (name) => (...values) => {
    asked.push([name, ...values]);
    return Promise.resolve();
  };
  window.shopify = {
    saveBar: { show: note('show'), hide: note('hide'), leaveConfirmation: note('leave') },
    toast: { show: note('toast') },
    app: {
      extensions: async () => [{
        handle: 'wandstore-theme',
        type: 'theme_app_extension',
        activations: [{ handle: 'storefront', status: 'active' }, { handle: 'embed', status: 'available' }],
      }],
    },
  };
})();
