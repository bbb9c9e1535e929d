//! `http-types.request`: the parts of a request that routing reads.

import { Refusal } from '../component/refusal.ts';
import type { Exports, StorefrontImports } from '../component/storefront.ts';
import { readBody, TooLarge } from '../platform/body.ts';

type BodyError = 'too-large' | 'incomplete';

/** A request that routing may handle more than once: its body is read once and kept. */
export class ShopperRequest {
  readonly #headers: Headers;
  #unread: ReadableStream<Uint8Array> | null;
  #body: Uint8Array | BodyError | undefined;

  constructor(request: Request) {
    this.#headers = request.headers;
    this.#unread = request.body;
  }

  header(name: string): string | undefined {
    return this.#headers.get(name) ?? undefined;
  }

  async body(limit: number): Promise<Uint8Array> {
    this.#body ??= await this.#read(limit);
    if (typeof this.#body === 'string') throw new Refusal(this.#body);
    if (this.#body.length > limit) throw new Refusal<BodyError>('too-large');
    return this.#body;
  }

  async #read(limit: number): Promise<Uint8Array | BodyError> {
    const body = this.#unread;
    this.#unread = null;
    try {
      return await readBody(body, limit);
    } catch (error) {
      return error instanceof TooLarge ? 'too-large' : 'incomplete';
    }
  }
}

// The class has more fields than the interface requires.
export const httpTypes = { Request: ShopperRequest } satisfies StorefrontImports['wandstore:storefront/http-types'];

/** Casts a request to jco's type, which does not know that reading the body is asynchronous. */
export function lent(request: ShopperRequest): Parameters<Exports['handler']['handle']>[2] {
  return request as unknown as Parameters<Exports['handler']['handle']>[2];
}

/** Returns the target of a request: its path and query. */
export function targetOf({ url }: Request): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  return start < 0 ? '/' : url.slice(start);
}

/** Returns the path of a target. */
export function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
}
