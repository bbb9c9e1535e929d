//! Converts routing's responses to HTTP responses.

import type { Exports } from '../component/storefront.ts';
import { bytesOf } from '../capabilities/values.ts';

type WitResponse = Awaited<ReturnType<Exports['handler']['handle']>>['response'];

/** A response that no longer depends on the component instance that returned it. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Uint8Array | null;
}

/** Converts a component's response. */
export function answerOf({ status, headers, body }: WitResponse): Answer {
  return { status, headers: fields(headers), body: content(body) };
}

/** Returns the response to send. For HEAD, it omits the body but states its length. */
export function responseOf(method: string, { status, headers, body }: Answer): Response {
  if (method !== 'HEAD') return new Response(body, { status, headers });
  headers.set('content-length', String(body?.length ?? 0));
  return new Response(null, { status, headers });
}

/** Returns a one-line refusal that needs no component. */
export function refusal(status: number, line: string): Answer {
  return { status, headers: typed('text/plain; charset=utf-8'), body: new TextEncoder().encode(`${line}\n`) };
}

/** Returns the header fields of a response that comes from no component. */
export function typed(contentType: string): Headers {
  return new Headers({ 'content-type': contentType, 'cache-control': 'private, no-store' });
}

/** Parses field lines, each `name: value` with a line feed. Throws on any other line. */
function fields(lines: string): Headers {
  const headers = new Headers();
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const colon = line.indexOf(': ');
    if (colon < 1) throw new TypeError('a response header is not `name: value`');
    headers.append(line.slice(0, colon), line.slice(colon + 2));
  }
  return headers;
}

function content(body: WitResponse['body']): Uint8Array | null {
  switch (body.tag) {
    case 'empty':
      return null;
    case 'bytes':
      return body.val;
    case 'value':
      return bytesOf(body.val);
  }
}
