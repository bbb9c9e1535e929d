//! The cache of a data centre as workerd asks for it over HTTP, in memory.

const CACHED = { 'cf-cache-status': 'HIT' };
const copies = new Map();

export default {
  async fetch(request) {
    if (request.method === 'PUT') {
      copies.set(request.url, parsed(new Uint8Array(await request.arrayBuffer())));
      return new Response(null, { status: 204 });
    }
    if (request.method === 'PURGE') return new Response(null, { status: copies.delete(request.url) ? 200 : 404 });
    const copy = copies.get(request.url);
    const isFresh = copy !== undefined && copy.until > Date.now();
    return isFresh ? new Response(copy.body, { headers: copy.headers }) : new Response(null, { status: 504 });
  },
};

/** Parses the response that is stored, as HTTP/1.1. */
function parsed(bytes) {
  const end = bytes.findIndex((_, at) => bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13);
  const lines = new TextDecoder().decode(bytes.subarray(0, end)).split('\r\n').slice(1);
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/s).slice(0, 2)));
  const seconds = Number(/max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1] ?? 0);
  for (const [name, value] of Object.entries(CACHED)) headers.set(name, value);
  headers.delete('transfer-encoding');
  return { headers, body: bytes.slice(end + 4), until: Date.now() + seconds * 1000 };
}
