// An endpoint of OpenAI's chat completions (https://platform.openai.com/docs/api-reference/chat) on a loopback socket,
// whole and as a stream. What it does not support it refuses, and names.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

import { Refusal } from './refusal.js';

const ROLES = ['system', 'user', 'assistant'];

/** The endpoint of a model. */
export class Endpoint {
  /** Questions, oldest first: `{ question, answer }`. One that is refused or still open has no `answer`. */
  exchanges = [];
  #model;
  #name;
  #open = new Set();
  #server = createServer((request, response) => this.#respond(request, response));

  /** Opens it on a free port. `model` is as in `model.js`. */
  static async open(model, name) {
    const endpoint = new Endpoint(model, name);
    endpoint.#server.listen(0, '127.0.0.1');
    await once(endpoint.#server, 'listening');
    return endpoint;
  }

  constructor(model, name) {
    this.#model = model;
    this.#name = name;
  }

  /** Where it is, as `llm.base_url` has it. */
  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/v1`;
  }

  /** Waits until no question is open: a host that has enough of an answer does not wait for its end. */
  async settled() {
    await Promise.allSettled(this.#open);
  }

  /** Cuts off every question that is still open. */
  async close() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #respond(request, response) {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      await this.#answer(questionIn(await bodyOf(request)), gone.signal, response);
    } catch (error) {
      refuse(response, error);
    }
  }

  async #answer(question, signal, response) {
    const exchange = { question };
    this.exchanges.push(exchange);
    const ask = async (onText) => {
      const answering = this.#model.answer({ ...question, signal }, onText);
      this.#open.add(answering);
      try {
        exchange.answer = await answering;
      } finally {
        this.#open.delete(answering);
      }
      return exchange.answer;
    };
    if (question.isStreamed) {
      await this.#stream(question, ask, response);
      return;
    }
    const answer = await ask();
    const { text: content, finishReason } = answer;
    const choice = { index: 0, message: { role: 'assistant', content }, finish_reason: finishReason };
    send(response, 200, this.#document('chat.completion', [choice], { usage: usageOf(answer) }));
  }

  /** Sends the answer as it is made. The stream begins with its first part: until then, it can be refused. */
  async #stream({ withUsage }, ask, response) {
    const event = (document) => {
      if (response.destroyed) return;
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${document}\n\n`);
    };
    const chunk = (choices, members) => (
      event(JSON.stringify(this.#document('chat.completion.chunk', choices, members))));
    const answer = await ask((content) => chunk([{ index: 0, delta: { content }, finish_reason: null }]));
    chunk([{ index: 0, delta: {}, finish_reason: answer.finishReason }]);
    if (withUsage) chunk([], { usage: usageOf(answer) });
    event('[DONE]');
    response.end();
  }

  #document(object, choices, members) {
    return { object, model: this.#name, choices, ...members };
  }
}

async function bodyOf(request) {
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
    throw new Refusal(404, `nothing is at ${request.method} ${request.url}`);
  }
  try {
    return JSON.parse(await text(request));
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

/** Reads a request. */
function questionIn(body) {
  const { messages, stream, temperature, top_p: topP, seed } = body ?? {};
  const isMessage = (message) => ROLES.includes(message?.role) && typeof message.content === 'string';
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isMessage)) {
    throw new Refusal(400, 'messages: expected texts of system, user and assistant', { param: 'messages' });
  }
  const sampling = Object.entries({ temperature, topP, seed }).filter(([, value]) => Number.isFinite(value));
  return {
    messages,
    schema: schemaIn(body),
    tokensMax: body.max_completion_tokens ?? body.max_tokens,
    isStreamed: stream === true,
    withUsage: body.stream_options?.include_usage === true,
    ...Object.fromEntries(sampling),
  };
}

function schemaIn({ response_format: format }) {
  if (format === undefined || format?.type === 'text') return undefined;
  const schema = format?.type === 'json_schema' && format.json_schema?.schema;
  if (!schema) {
    throw new Refusal(400, 'response_format: only json_schema and text are supported', { param: 'response_format' });
  }
  return schema;
}

function usageOf({ tokensIn, cached, tokensOut }) {
  return {
    prompt_tokens: tokensIn,
    completion_tokens: tokensOut,
    total_tokens: tokensIn + tokensOut,
    prompt_tokens_details: { cached_tokens: cached },
  };
}

function refuse(response, error) {
  if (response.destroyed) return;
  const isOurs = error instanceof Refusal;
  if (!isOurs) console.error(error);
  if (response.headersSent) {
    response.destroy(error);
    return;
  }
  const refusal = isOurs ? error : new Refusal(500, 'the model failed', { type: 'server_error' });
  send(response, refusal.status, { error: refusal.error });
}

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
