// Shopify in front of several simulated shops: the app asks one address for all of them.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Forwards requests of the app to the shop that they are about. */
export class Platform {
  #server = createServer((request, response) => this.#answer(request, response));
  #shops;
  /** The shop that each token is for. */
  #tokens = new Map();

  static async open(shops) {
    const platform = new Platform(shops);
    platform.#server.listen(0, '127.0.0.1');
    await once(platform.#server, 'listening');
    return platform;
  }

  constructor(shops) {
    this.#shops = shops;
    for (const shop of shops) this.#tokens.set(shop.token, shop);
  }

  get origin() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** The Admin API's requests name the shop, those of the Storefront API have a token of the shop. */
  #shopOf({ headers }) {
    const domain = headers['x-forwarded-host'];
    if (domain) return this.#shops.find((shop) => shop.domain === domain);
    return this.#tokens.get(headers['shopify-storefront-private-token']);
  }

  async #answer(request, response) {
    const shop = this.#shopOf(request);
    if (!shop) return response.writeHead(404).end('No such shop');
    const { host, connection, 'content-length': length, ...headers } = request.headers;
    const answer = await fetch(shop.origin + request.url, { method: request.method, headers, body: await buffer(request) });
    const body = Buffer.from(await answer.arrayBuffer());
    if (request.url === '/admin/oauth/access_token' && answer.ok) this.#tokens.set(JSON.parse(body).access_token, shop);
    return response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(body);
  }
}
