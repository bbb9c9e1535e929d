// App Bridge, as far as an app needs it for session tokens, which are good for a minute. A page that waits to be loaded again with
// one names where in `shopify-reload`. A test may bring more of App Bridge.
(() => {
const idToken = async () => (await fetch('/simulator/session-token')).text();
// The merchant grants every optional scope that the app asks for.
const request = async (scopes) => {
  const headers = { 'content-type': 'application/json' };
  return (await fetch('/simulator/scopes', { method: 'POST', headers, body: JSON.stringify(scopes) })).json();
};
window.shopify = { scopes: { request }, ...window.shopify, idToken };
const reload = new URLSearchParams(location.search).get('shopify-reload');
if (!reload) return;
idToken().then((token) => {
  const url = new URL(reload, location);
  url.searchParams.set('id_token', token);
  location.replace(location.origin + url.pathname + url.search);
});
})();
