// Our JSON Schema in the words of node-llama-cpp, which makes a grammar of it. It ignores keywords that it does not
// know, and requires every member. So a schema that it would loosen or tighten is refused instead.

import { Refusal } from './refusal.js';

const KNOWN = new Set([
  'type', 'properties', 'required', 'additionalProperties', 'items', 'minItems', 'maxItems', 'minLength', 'maxLength',
  'enum', 'const', 'anyOf', 'oneOf', 'description',
]);

/** The same schema with `oneOf` in place of `anyOf`, which is the only name of alternatives that node-llama-cpp knows. */
export function forGrammar(schema) {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw refused(`not a schema: ${JSON.stringify(schema)}`);
  }
  const unknown = Object.keys(schema).find((keyword) => !KNOWN.has(keyword));
  if (unknown) throw refused(`the keyword "${unknown}" is not supported`);
  const { anyOf, oneOf = anyOf, properties, items, required, ...rest } = schema;
  return {
    ...rest,
    ...(oneOf && { oneOf: oneOf.map(forGrammar) }),
    ...(items && { items: forGrammar(items) }),
    ...(properties && { properties: closed(schema) }),
  };
}

function closed({ properties, required = [], additionalProperties }) {
  const optional = Object.keys(properties).find((name) => !required.includes(name));
  if (optional) throw refused(`the member "${optional}" is optional, which is not supported`);
  if (additionalProperties !== false) throw refused('an object is open, which is not supported');
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, forGrammar(schema)]));
}

function refused(why) {
  return new Refusal(400, `response_format: ${why}`, { param: 'response_format' });
}
