//! Requests as Shopify's app proxy forwards them, and Shopify's webhooks.

import { createHmac } from 'node:crypto';

import type { Shop } from './shop.ts';

export const DOMAIN = 'tea-house.myshopify.com';
export const SECRET = 'hush of the tea house';
/** A visitor with consent, on the home page. */
export const VISITOR = 'visitor=Zm9sbG93LXRoZS13YW5k-0&consent=1&context=home';

/** Variables of a deployment that serves the shop. */
export const VARIABLES = { SHOPIFY_STORE: DOMAIN, SHOPIFY_API_SECRET: SECRET };

/** A target as Shopify forwards it. No value needs escaping. */
export function signed(path: string, parameters: string, customer = ''): string {
  const added = `shop=${DOMAIN}&logged_in_customer_id=${customer}&path_prefix=/apps/wand`;
  const query = `${parameters}&${added}&timestamp=${Math.floor(Date.now() / 1000)}`;
  const message = query.split('&').sort().join('');
  return `${path}?${query}&signature=${createHmac('sha256', SECRET).update(message).digest('hex')}`;
}

interface Told {
  id?: string;
  triggeredAt?: string;
  secret?: string;
}

/** Sends a webhook about the shop. */
export function webhook(shop: Shop, topic: string, content: object, told: Told = {}): Promise<Response> {
  const { id = `id-of-${topic.replace('/', '-')}`, triggeredAt, secret = SECRET } = told;
  const body = JSON.stringify(content);
  const headers = {
    'content-type': 'application/json',
    'x-shopify-topic': topic,
    'x-shopify-shop-domain': DOMAIN,
    'x-shopify-webhook-id': id,
    'x-shopify-api-version': '2026-10',
    'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
    ...(triggeredAt ? { 'x-shopify-triggered-at': triggeredAt } : {}),
  };
  return shop.get('/webhooks', { method: 'POST', headers, body });
}
