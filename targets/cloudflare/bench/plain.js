//! The floor of a hit: plain JavaScript that reads the same key and serves it.

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const key = `ui:${url.pathname.slice('/s/'.length)}:${url.searchParams.get('shopper')}`;
    const { value } = await env.UI_CACHE.getWithMetadata(key, 'arrayBuffer');
    if (value === null) return new Response('there is nothing here\n', { status: 404 });
    return new Response(value, { headers: { 'content-type': 'text/html; charset=utf-8' } });
  },
};
