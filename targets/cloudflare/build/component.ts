//! The contents of a component's binary: its core modules, the components nested in it, and the
//! functions that cross its border. Reads the frame of the format only, and changes nothing.
//!
//! The format: <https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md>.

import { createHash } from 'node:crypto';

/** A parsed component. */
export interface Parts {
  /** Core modules, those of nested components included. */
  modules: Uint8Array<ArrayBuffer>[];
  /** Nested components, at any depth. */
  components: Uint8Array<ArrayBuffer>[];
}

const PREAMBLE_BYTES = 8;
const SECTION_CORE_MODULE = 1;
const SECTION_COMPONENT = 4;

/** The SHA-256 of some bytes, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Parses a component. */
export function takeApart(component: Uint8Array<ArrayBuffer>): Parts {
  const parts: Parts = { modules: [], components: [] };
  for (const { id, content } of sections(component)) {
    if (id === SECTION_CORE_MODULE) parts.modules.push(content);
    if (id === SECTION_COMPONENT) {
      const nested = takeApart(content);
      parts.components.push(content, ...nested.components);
      parts.modules.push(...nested.modules);
    }
  }
  return parts;
}

/** The functions that core modules import from, or export for, the interfaces of a component. */
export function functionsOf(modules: Uint8Array<ArrayBuffer>[], interfaces: ReadonlySet<string>): {
  imported: string[];
  exported: string[];
} {
  const imported = new Set<string>();
  const exported = new Set<string>();
  for (const bytes of modules) {
    const module = new WebAssembly.Module(bytes);
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      const isFunction = !name.startsWith('[resource-');
      if (interfaces.has(from) && isFunction) imported.add(`${from}#${name}`);
    }
    for (const { name } of WebAssembly.Module.exports(module)) {
      const [of] = name.split('#');
      if (name.includes('#') && of && interfaces.has(of)) exported.add(name);
    }
  }
  return { imported: [...imported].sort(), exported: [...exported].sort() };
}

function* sections(bytes: Uint8Array<ArrayBuffer>): Generator<{ id: number; content: Uint8Array<ArrayBuffer> }> {
  let at = PREAMBLE_BYTES;
  while (at < bytes.length) {
    const id = bytes[at] ?? 0;
    const size = leb128(bytes, at + 1);
    const end = size.next + size.value;
    if (end > bytes.length) throw new Error(`a section of the component ends after the component, at ${end}`);
    yield { id, content: bytes.subarray(size.next, end) };
    at = end;
  }
}

/** An unsigned number of at most 32 bits. */
function leb128(bytes: Uint8Array, start: number): { value: number; next: number } {
  let value = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, next: start + index + 1 };
  }
  throw new Error(`invalid section size at byte ${start}`);
}
