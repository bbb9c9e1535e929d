//! Passes every request that is not the operator's to routing, unchanged. There is always an answer.

import { jobsOfPool } from '../capabilities/jobs.ts';
import { write } from '../capabilities/ambient.ts';
import { CallFailed } from '../component/instances.ts';
import { reason } from '../component/refusal.ts';
import type { Env } from '../env.ts';
import { serving } from '../pools.ts';
import { answerOf, refusal, responseOf, typed, type Answer } from './answer.ts';
import { rescue } from './fallback-cache.ts';
import { lent, pathOf, ShopperRequest } from './request.ts';
import { ruleAt, type Rule } from './routes.ts';

/** The longest accepted target; RFC 9110, section 4.1, recommends at least 8000. */
const TARGET_BYTES_MAX = 8192;
/** More or larger header fields get status 431 (RFC 6585, section 5). */
const HEADERS_MAX = 64;
const HEAD_BYTES_MAX = 32 << 10;
/** Fields that Cloudflare adds. They do not count, because the client did not send them. */
const ADDED_BY_PLATFORM = /^(?:cf-|x-forwarded-|x-real-ip$)/;
/** The first and the longest pause before routing is asked again about a waiting request. */
const ASK_AGAIN_MS = 250;
const ASK_AGAIN_MS_MAX = 1000;
/** A stream ends after this time, before a request reaches its limits; the browser opens another. */
const STREAM_MS_MAX = 5 * 60_000;
/** After this much silence a stream sends a comment, which detects gone clients and keeps proxies from hanging up. */
const SILENCE_MS_MAX = 15_000;

/** Routing's reply to a request. */
type Asked = { answer: Answer; waitMs: number | undefined };

/** A request about which routing may be asked more than once. */
interface Question {
  env: Env;
  during: string;
  method: string;
  target: string;
  /** The rule of the route; undefined if no route has the path. */
  rule: Rule | undefined;
  request: ShopperRequest;
}

/** Answers a shopper's request. */
export async function answerShopper(env: Env, request: Request, target: string): Promise<Response> {
  const refused = refuseHead(request, target);
  if (refused) return responseOf(request.method, refused);
  const during = `request ${crypto.randomUUID()}`;
  const rule = ruleAt(pathOf(target));
  const question = { env, during, method: request.method, target, rule, request: new ShopperRequest(request) };
  try {
    const asked = await ask(question);
    const wantsStream = request.headers.get('accept') === 'text/event-stream';
    if (wantsStream && rule?.hasEvents && asked.answer.status === 200) return stream(question, asked);
    return responseOf(request.method, await lastAnswer(question, asked));
  } catch (error) {
    return responseOf(request.method, await rescued(question, error));
  }
}

function refuseHead(request: Request, target: string): Answer | undefined {
  // A URL consists of ASCII characters: what else the client sent is percent-encoded.
  if (target.length > TARGET_BYTES_MAX) {
    return refusal(414, `the request target is longer than ${TARGET_BYTES_MAX} bytes`);
  }
  let [fields, bytes] = [0, target.length];
  for (const [name, value] of request.headers) {
    if (ADDED_BY_PLATFORM.test(name)) continue;
    fields += 1;
    bytes += name.length + value.length + 4;
  }
  const isTooLarge = fields > HEADERS_MAX || bytes > HEAD_BYTES_MAX;
  return isTooLarge ? refusal(431, 'the head of the request is too large') : undefined;
}

/** Asks routing once, and then releases the instance. */
async function ask({ env, during, method, target, rule, request }: Question): Promise<Asked> {
  const known = { contested: new Set<string>(), gone: new Set<string>() };
  const scope = { env, during, client: clientOf(request, rule), exact: false, jobs: jobsOfPool(env), ...known };
  const reply = await serving.call(scope, ({ handler }) => handler.handle(witMethod(method), target, lent(request)));
  return { answer: answerOf(reply.response), waitMs: reply.pending?.waitMs };
}

/**
 * Returns the address of the client. Proxied requests come from Shopify's servers, which report their client; for
 * all other requests, only Cloudflare's header is trusted.
 */
function clientOf(request: ShopperRequest, rule: Rule | undefined): string | undefined {
  const forwarded = rule?.trustsForwarded ? request.header('x-forwarded-for') : undefined;
  return forwarded?.split(',')[0]?.trim() || request.header('cf-connecting-ip');
}

/** Returns the first answer, or a later one if it arrives in time. */
async function lastAnswer(question: Question, first: Asked): Promise<Answer> {
  const ends = Date.now() + (first.waitMs ?? 0);
  let asked = first;
  for (let pause = ASK_AGAIN_MS; asked.waitMs !== undefined; pause = Math.min(pause * 2, ASK_AGAIN_MS_MAX)) {
    const left = ends - Date.now();
    if (left <= 0) break;
    await scheduler.wait(Math.min(pause, left));
    asked = await ask(question);
  }
  return asked.answer;
}

/** Streams server-sent events (WHATWG HTML, section 9.2): each new interim answer, and the last one. */
function stream(question: Question, first: Asked): Response {
  const states = statesOf(question, first);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await states.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
    async cancel() {
      await states.return(undefined);
    },
  });
  const headers = typed('text/event-stream');
  headers.set('cache-control', 'no-store');
  return new Response(body, { headers });
}

async function* statesOf(question: Question, first: Asked): AsyncGenerator<string, void> {
  const ends = Date.now() + STREAM_MS_MAX;
  let spoke = Date.now();
  let told: string | undefined;
  let asked = first;
  for (let pause = ASK_AGAIN_MS; ; pause = Math.min(pause * 2, ASK_AGAIN_MS_MAX)) {
    const state = new TextDecoder().decode(asked.answer.body ?? undefined);
    const isSilent = state === told && Date.now() - spoke < SILENCE_MS_MAX;
    if (!isSilent) {
      yield state === told ? ':\n\n' : `data: ${state}\n\n`;
      spoke = Date.now();
    }
    told = state;
    if (asked.waitMs === undefined || Date.now() >= ends) return;
    await scheduler.wait(pause);
    asked = await ask(question).catch(async (error: unknown) => ({
      answer: await rescued(question, error),
      waitMs: undefined,
    }));
  }
}

async function rescued({ env, during, target }: Question, error: unknown): Promise<Answer> {
  const level = error instanceof CallFailed ? 'warn' : 'error';
  write(level, 'routing did not answer; served the fallback page', { during, reason: reason(error) });
  return rescue(env, pathOf(target));
}

function witMethod(method: string): 'get' | 'head' | 'post' | 'other' {
  switch (method) {
    case 'GET':
      return 'get';
    case 'HEAD':
      return 'head';
    case 'POST':
      return 'post';
    default:
      return 'other';
  }
}
