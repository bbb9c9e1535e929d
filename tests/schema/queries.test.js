// Every query of the catalog, against Shopify's own schema of its Storefront API: that each is valid, uses nothing
// that is to go, and costs less than Shopify allows to somebody without a token.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import {
  NoDeprecatedCustomRule, TypeInfo, buildClientSchema, getNamedType, parse, specifiedRules, validate, visit,
  visitWithTypeInfo,
} from 'graphql';

const QUERIES = new URL('../../components/catalog-shopify/queries/', import.meta.url);
/** The most that a query without a token may cost (https://shopify.dev/docs/api/storefront#authentication). */
const COST_MAX = 1000;
/** The largest `first`, or number of `ids`, that the component sends with each query (`PAGE` and its like in its source). */
const FIRST = { Products: 34, Collections: 20, Search: 20, Members: 190, Ids: 8 };

let schema;
let documents;

before(async () => {
  const introspection = createRequire(import.meta.url).resolve('@shopify/hydrogen-react/storefront.schema.json');
  const introspected = JSON.parse(await readFile(introspection, 'utf8'));
  schema = buildClientSchema(introspected.data ?? introspected);
  const card = await readFile(new URL('card.graphql', QUERIES), 'utf8');
  const names = (await readdir(QUERIES)).filter((name) => name !== 'card.graphql');
  documents = await Promise.all(names.map(async (name) => {
    const query = await readFile(new URL(name, QUERIES), 'utf8');
    return { name, document: parse(query.includes('...Card') ? query + card : query) };
  }));
});

/** What takes a token, or costs too much without one, is not asked for without one. */
const takesToken = ({ directives }) => directives?.some(({ name, arguments: [{ value }] }) =>
  name.value === 'include' && value.name?.value === 'tags');

/**
 * What a query costs without a token if every field counts 1, scalars too, and what is in a list as often as the list may be long.
 * Shopify does not say how it counts; its Admin API counts objects only, so that this is more by far.
 */
const cost = (document) => {
  const operation = document.definitions.find(({ kind }) => kind === 'OperationDefinition');
  const fragments = new Map(document.definitions.filter(({ kind }) => kind === 'FragmentDefinition')
    .map((fragment) => [fragment.name.value, fragment]));
  const of = ({ selections }) => selections.filter((selection) => !takesToken(selection))
    .reduce((sum, selection) => sum + one(selection), 0);
  const one = (selection) => {
    if (selection.kind === 'FragmentSpread') return of(fragments.get(selection.name.value).selectionSet);
    const inner = selection.selectionSet ? of(selection.selectionSet) : 0;
    const isPage = selection.arguments?.some(({ name }) => ['first', 'ids'].includes(name.value));
    return 1 + inner * (isPage ? FIRST[operation.name.value] : 1);
  };
  return of(operation.selectionSet);
};

test('every query is valid', () => {
  assert.deepEqual(documents.map(({ name }) => name).sort(), [
    'collections.graphql', 'handles.graphql', 'ids.graphql', 'members.graphql', 'products.graphql', 'search.graphql', 'shop.graphql',
  ]);
  for (const { name, document } of documents) {
    assert.deepEqual(validate(schema, document, specifiedRules).map(String), [], name);
  }
});

test('no query uses deprecated fields', () => {
  for (const { name, document } of documents) {
    assert.deepEqual(validate(schema, document, [NoDeprecatedCustomRule]).map(String), [], name);
  }
});

test('a query that is not valid would be noticed', () => {
  const wrong = parse('query Shop { shop { name slogan } }');
  assert.match(String(validate(schema, wrong)[0]), /Cannot query field "slogan" on type "Shop"/);
});

test('every query costs less than is allowed without a token', () => {
  for (const { name, document } of documents) {
    assert.ok(cost(document) <= COST_MAX, `${name} costs ${cost(document)}`);
  }
});

test('prices are decimal strings with a currency', () => {
  const types = new TypeInfo(schema);
  const seen = new Set();
  for (const { document } of documents) {
    visit(document, visitWithTypeInfo(types, {
      Field: ({ name }) => {
        if (name.value === 'amount') seen.add(getNamedType(types.getType()).name);
        if (/price/i.test(name.value) && name.value !== 'priceRange') {
          assert.equal(getNamedType(types.getType()).name, 'MoneyV2', name.value);
        }
      },
    }));
  }
  assert.deepEqual([...seen], ['Decimal']);
});
