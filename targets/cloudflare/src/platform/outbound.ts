//! `outbound`: fetch with a deadline and a size limit, which follows no redirects.

import { Refusal } from '../component/refusal.ts';
import type { StorefrontImports } from '../component/storefront.ts';
import { readBody, TooLarge } from './body.ts';

export const outbound: StorefrontImports['wandstore:platform/outbound'] = {
  async send({ method, url, headers, body, timeoutMs, answerBytesMax }) {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const content = method === 'GET' || body.length === 0 ? null : body;
      const answer = await fetch(url, { method, headers, body: content, redirect: 'manual', signal });
      return {
        status: answer.status,
        headers: [...answer.headers],
        body: await readBody(answer.body, answerBytesMax),
      };
    } catch (error) {
      throw new Refusal(explain(error, signal));
    }
  },
};

/** Reports only the kind of a failed fetch: its message may contain the address, which may contain a secret. */
function explain(error: unknown, signal: AbortSignal) {
  if (signal.aborted) return { tag: 'timeout' };
  if (error instanceof TooLarge) return { tag: 'too-large' };
  return { tag: 'failed', val: `cannot reach the service (${error instanceof Error ? error.name : 'unknown'})` };
}
