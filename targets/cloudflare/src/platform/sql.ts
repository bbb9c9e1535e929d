//! `sql`: the storage of a Durable Object. A statement is complete when it returns; its changes are
//! durable before any answer leaves the object.

import { Refusal } from '../component/refusal.ts';
import type { BackendsImports } from '../objects/backends.ts';

type Sql = BackendsImports['wandstore:platform/sql'];
type Value = Parameters<Sql['execute']>[1][number];

export function sql(storage: SqlStorage): Sql {
  return {
    execute(statement, parameters) {
      try {
        const cursor = storage.exec(statement, ...parameters.map(bound));
        return [...cursor.raw()].map((row) => row.map(read));
      } catch (error) {
        throw new Refusal(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

/** Converts a parameter. The storage accepts only numbers, which represent integers up to 2^53. */
function bound(value: Value): string | number | ArrayBuffer | null {
  switch (value.tag) {
    case 'null':
      return null;
    case 'integer':
      return exact(Number(value.val));
    case 'text':
      return value.val;
    case 'blob':
      return value.val.slice().buffer;
  }
}

/** Converts a value of a row. A number that is not exact is an error, never a wrong answer. */
function read(value: SqlStorageValue): Value {
  if (value === null) return { tag: 'null' };
  if (typeof value === 'number') return { tag: 'integer', val: BigInt(exact(value)) };
  if (typeof value === 'string') return { tag: 'text', val: value };
  return { tag: 'blob', val: new Uint8Array(value) };
}

function exact(number: number): number {
  if (!Number.isSafeInteger(number)) throw new RangeError(`${number} is not an integer that this storage stores exactly`);
  return number;
}
