// A language model's endpoint on a loopback socket. It thinks until the test lets it speak.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

/** The endpoint. It gives the last scripted answer to every question. */
export class Model {
  #server = createServer((request, response) => this.#answer(request, response));
  #saying;
  #speak;

  static async open() {
    const model = new Model();
    model.think();
    model.#server.listen(0, '127.0.0.1');
    await once(model.#server, 'listening');
    return model;
  }

  /** Where it is, as `LLM_BASE_URL` has it. */
  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/v1`;
  }

  /** Leaves questions open until `say` or `refuse`. */
  think() {
    this.#saying = new Promise((speak) => { this.#speak = speak; });
  }

  /** Answers with the plan that `planOf` makes of the products in a question and of whether the page has a hero. */
  say(planOf) {
    this.#speak((question) => [200, completion(planOf(productsIn(question), hasHero(question)))]);
  }

  /** Answers with this status and an error. */
  refuse(status) {
    this.#speak(() => [status, { error: { message: 'as told' } }]);
  }

  /** Cuts off every question that is still open. */
  async close() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request, response) {
    const question = await json(request);
    const saying = await this.#saying;
    const [status, body] = saying(question);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}

/** The question lists products on lines such as `1 | Title | Category | €39.00 reduced sold out | tags`. */
function productsIn({ messages }) {
  const { content } = messages.find(({ role }) => role === 'user');
  const rows = content.split('\n').map((line) => line.split(' | ')).filter((row) => /^\d+$/.test(row[0]) && row.length >= 4);
  return rows.map(([id, , category, price]) => ({
    id,
    category,
    reduced: price.includes('reduced'),
    available: !price.includes('sold out'),
  }));
}

/** Pages with a subject have no hero. */
function hasHero({ messages }) {
  return messages.find(({ role }) => role === 'system').content.includes('- hero (');
}

function completion(plan) {
  return {
    object: 'chat.completion',
    model: 'scripted',
    choices: [{
      index: 0,
      finish_reason: 'stop',
      message: { role: 'assistant', content: JSON.stringify(plan) },
    }],
    usage: { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 },
  };
}
