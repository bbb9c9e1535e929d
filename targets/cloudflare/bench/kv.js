//! Workers KV as workerd asks for it over HTTP, with entries in memory.

const entries = new Map();

export default {
  async fetch(request) {
    const key = decodeURIComponent(new URL(request.url).pathname.slice(1));
    if (request.method === 'PUT') {
      entries.set(key, { value: await request.arrayBuffer(), metadata: request.headers.get('cf-kv-metadata') });
      return new Response(null);
    }
    if (request.method === 'DELETE') return new Response(null, { status: entries.delete(key) ? 200 : 404 });
    const entry = entries.get(key);
    if (!entry) return new Response(null, { status: 404 });
    return new Response(entry.value, { headers: entry.metadata ? { 'cf-kv-metadata': entry.metadata } : {} });
  },
};
