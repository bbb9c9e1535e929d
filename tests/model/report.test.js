import assert from 'node:assert/strict';
import { test } from 'node:test';

import { failures, reportOf, rowOf, textsOf, unknownIds } from './report.js';

const QUESTION = {
  messages: [
    { role: 'system', content: 'Plan.' },
    { role: 'user', content: 'Its products (number | title):\n1 | A wand | Wands | €39.00 | a\n2 | 3 | Hats | €4.00 | b\n' },
  ],
};
const said = (text, question = QUESTION) => (
  { question, answer: { text, finishReason: 'stop', tokensIn: 100, cached: 40, tokensOut: 10 } });
const event = (message, particulars = '') => ({ fields: { message, particulars } });
const headers = (source) => new Headers({ 'x-wand-source': source, 'x-wand-persona': 'explorer' });
const page = (more) => rowOf({ shopper: { id: 'a-1' }, exchanges: [said('{}')], log: [], seconds: 2, ...more });

test('an id that the question does not list is unknown, in an answer that is cut off too', () => {
  for (const [text, expected] of [
    ['{"hero":{"product":"1"},"blocks":[{"products":["2","1"]}]}', []],
    ['{"text":"Products 9","product" : "2"}', []],
    ['{"hero":{"product":"3"},"blocks":[{"products": [ "2", "7', ['3']],
    ['{"products":["x","2"],"product":"9"}', ['x', '9']],
  ]) {
    assert.deepEqual(unknownIds(said(text)), expected, text);
  }
});

test('a text that is in the question is not the model\'s own', () => {
  const text = '{"title":"A wand","hero":{"headline": "Begin \\"here\\"","text":"x", "product":"1"},"blocks":[{"heading":"cut off';
  assert.deepEqual(textsOf(said(text)), { all: 3, own: 2 });
  const repair = { messages: [...QUESTION.messages, { role: 'assistant', content: text }] };
  assert.deepEqual(textsOf(said(text, repair)), { all: 3, own: 2 });
});

test('a page passes if the first answer is the page', () => {
  const repair = { messages: [...QUESTION.messages, { role: 'user', content: 'No:\n- hero.text: a price (price)\nAgain.' }] };
  const twice = [said('{}'), said('{}', repair)];
  assert.equal(page({ headers: headers('llm') }).outcome, 'passed');
  assert.equal(page({ headers: headers('local') }).outcome, 'local');
  assert.equal(page({ headers: headers('local'), exchanges: [] }).outcome, 'held');
  const { outcome, refused, tokensIn, tokensOut } = page({ headers: headers('llm'), exchanges: twice });
  assert.deepEqual([outcome, refused], ['repaired', ['hero.text: a price (price)']]);
  assert.deepEqual([tokensIn, tokensOut], [200, 20]);
});

test('the journal says what was mended', () => {
  const log = [event('the language model answered'), event('a plan was mended', 'mended="block filled" models_blocks="3 of 5"')];
  const { mended, share } = page({ headers: headers('llm'), log });
  assert.deepEqual([mended, share], ['block filled', '3 of 5']);
});

test('the report has a line for each page, and their sums', () => {
  const report = reportOf([page({ headers: headers('llm') }), page({ headers: headers('local') })]);
  assert.ok(report.includes('| a-1 | explorer | passed | all | 0 of 0 |  | stop | 0 | 100 (40) | 10 | 2.0 |'), report);
  assert.ok(report.includes("2 pages: 1 the model's without repair, 0 the model's after one, 1 the local planner's, 0 without a call"), report);
});

test('four of twenty pages may fail, and no id may be unknown', () => {
  const [passed, local] = ['llm', 'local'].map((source) => page({ headers: headers(source) }));
  const pages = (count, of) => Array.from({ length: count }, () => of);
  assert.deepEqual(failures([...pages(16, passed), ...pages(4, local)]), []);
  assert.deepEqual(failures([...pages(15, passed), ...pages(5, local)]).length, 1);
  assert.deepEqual(failures([...pages(19, passed), { ...passed, unknown: ['9'] }]).length, 1);
});
