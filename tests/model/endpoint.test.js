import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';

import { Endpoint } from './endpoint.js';
import { Refusal } from './refusal.js';

const ANSWER = { text: 'A plan.', finishReason: 'stop', tokensIn: 12, cached: 7, tokensOut: 3 };
const USAGE = {
  prompt_tokens: 12, completion_tokens: 3, total_tokens: 15, prompt_tokens_details: { cached_tokens: 7 },
};
const MESSAGES = [{ role: 'user', content: 'Plan.' }];

/** A model that says the same whatever it is asked, or nothing until it is stopped. */
const model = {
  answer: async ({ messages, signal }, onText) => {
    if (messages[0].content === 'long') throw new Refusal(400, 'too long', { code: 'context_length_exceeded' });
    if (messages[0].content === 'wait') {
      onText('A ');
      await once(signal, 'abort');
      return { ...ANSWER, text: 'A ', finishReason: 'abort' };
    }
    for (const part of ['A ', 'plan.']) onText?.(part);
    return ANSWER;
  },
};

let endpoint;
before(async () => { endpoint = await Endpoint.open(model, 'parrot'); });
after(() => endpoint.close());

function ask(body, path = '/chat/completions') {
  return fetch(endpoint.url + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
}

test('a whole answer says how it ended and what it cost', async () => {
  const { choices, usage, model: name } = await (await ask({ messages: MESSAGES })).json();
  assert.deepEqual(choices, [{ index: 0, message: { role: 'assistant', content: 'A plan.' }, finish_reason: 'stop' }]);
  assert.deepEqual([usage, name], [USAGE, 'parrot']);
});

test('a streamed answer ends with its reason, its tokens if they are asked for, and the mark of the end', async () => {
  const response = await ask({ messages: MESSAGES, stream: true, stream_options: { include_usage: true } });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const events = (await response.text()).split('\n\n').filter(Boolean).map((line) => line.replace('data: ', ''));
  assert.equal(events.pop(), '[DONE]');
  const chunks = events.map((event) => JSON.parse(event));
  assert.deepEqual(chunks.map(({ choices }) => choices[0]?.delta.content), ['A ', 'plan.', undefined, undefined]);
  assert.deepEqual(chunks.map(({ choices }) => choices[0]?.finish_reason), [null, null, 'stop', undefined]);
  assert.deepEqual(chunks.at(-1).usage, USAGE);
  const bare = await (await ask({ messages: MESSAGES, stream: true })).text();
  assert.ok(!bare.includes('usage'), bare);
});

test('an exchange is remembered with its schema and its limit', async () => {
  const schema = { type: 'string' };
  const format = { type: 'json_schema', json_schema: { name: 's', schema } };
  await ask({ messages: MESSAGES, response_format: format, max_completion_tokens: 9, temperature: 0 });
  const { question, answer } = endpoint.exchanges.at(-1);
  const { messages, schema: asked, tokensMax, temperature } = question;
  assert.deepEqual([messages, asked, tokensMax, temperature, answer], [MESSAGES, schema, 9, 0, ANSWER]);
});

test('an answer that nobody waits for any more is stopped, and remembered', async () => {
  const response = await ask({ messages: [{ role: 'user', content: 'wait' }], stream: true });
  await response.body.cancel();
  await endpoint.settled();
  assert.equal(endpoint.exchanges.at(-1).answer.finishReason, 'abort');
});

test('what is not supported is refused and named', async () => {
  const check = async (response, status, member, value) => {
    const { error } = await response.json();
    assert.deepEqual([response.status, error[member]], [status, value], error.message);
  };
  await check(await ask('{'), 400, 'message', 'the body is not JSON');
  await check(await ask({ messages: [] }), 400, 'param', 'messages');
  await check(await ask({ messages: [{ role: 'tool', content: '' }] }), 400, 'param', 'messages');
  const object = { messages: MESSAGES, response_format: { type: 'json_object' } };
  await check(await ask(object), 400, 'param', 'response_format');
  const long = { messages: [{ role: 'user', content: 'long' }], stream: true };
  await check(await ask(long), 400, 'code', 'context_length_exceeded');
  await check(await ask({ messages: MESSAGES }, '/embeddings'), 404, 'param', null);
});
