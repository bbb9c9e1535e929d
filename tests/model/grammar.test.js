import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { forGrammar } from './grammar.js';
import { Refusal } from './refusal.js';

const OURS = new URL('../../components/generation/src/form/schema.json', import.meta.url);

test('our schema keeps all of its words, but for the name of alternatives', () => {
  const text = readFileSync(OURS, 'utf8').trim();
  const without = (text) => text.replaceAll(/"required":\[[^\]]*\],?/g, '').replaceAll('"anyOf"', '"oneOf"');
  const sorted = (value) => JSON.stringify(value, (_, inner) => (
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a.localeCompare(b))) : inner));
  assert.equal(sorted(forGrammar(JSON.parse(text))), sorted(JSON.parse(without(text))));
});

test('members keep their order, in which the model writes them', () => {
  const { properties } = forGrammar(JSON.parse(readFileSync(OURS, 'utf8')));
  assert.deepEqual(Object.keys(properties), ['title', 'hero', 'blocks']);
  assert.equal(Object.keys(properties.blocks.items.oneOf[0].properties)[0], 'type');
});

test('a schema that the grammar would not keep is refused', () => {
  const object = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
  assert.ok(forGrammar(object));
  for (const schema of [
    { $ref: '#/$defs/a' },
    { type: 'string', pattern: '^a' },
    { ...object, required: [] },
    { ...object, additionalProperties: true },
    { type: 'array', items: { allOf: [] } },
    { anyOf: ['text'] },
  ]) {
    assert.throws(() => forGrammar(schema), Refusal, JSON.stringify(schema));
  }
});
