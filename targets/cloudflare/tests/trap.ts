//! Breaks a function of a core module: its first instruction becomes `unreachable`.
//!
//! The format: <https://webassembly.github.io/spec/core/binary/modules.html>.

const SECTION_EXPORT = 7;
const SECTION_CODE = 10;
const KIND_FUNCTION = 0;
const UNREACHABLE = 0x00;
const NOP = 0x01;
/** Instructions with one number, with which compiled functions start: local.get, global.get, i32.const. */
const WITH_ONE_NUMBER = new Set([0x20, 0x23, 0x41]);

/** The module with that exported function broken; `undefined` if it exports none of that name. */
export function trapping(module: Uint8Array<ArrayBuffer>, exported: string): Uint8Array<ArrayBuffer> | undefined {
  const sections = sectionsOf(module);
  const index = functionIndex(module, sections, exported);
  if (index === undefined) return undefined;
  const imported = WebAssembly.Module.imports(new WebAssembly.Module(module)).filter(({ kind }) => kind === 'function');
  const body = bodyOf(module, sections, index - imported.length);
  const reader = new Reader(module, body);
  const instruction = reader.byte();
  if (!WITH_ONE_NUMBER.has(instruction)) throw new Error(`${exported} starts with instruction ${instruction}`);
  reader.number();
  const broken = module.slice();
  broken.fill(NOP, body, reader.at);
  broken[body] = UNREACHABLE;
  return broken;
}

function sectionsOf(module: Uint8Array): Map<number, number> {
  const starts = new Map<number, number>();
  const reader = new Reader(module, 8);
  while (reader.at < module.length) {
    const id = reader.byte();
    const size = reader.number();
    starts.set(id, reader.at);
    reader.at += size;
  }
  return starts;
}

function functionIndex(module: Uint8Array, sections: Map<number, number>, exported: string): number | undefined {
  const start = sections.get(SECTION_EXPORT);
  if (start === undefined) return undefined;
  const reader = new Reader(module, start);
  for (let left = reader.number(); left > 0; left -= 1) {
    const name = reader.text();
    const kind = reader.byte();
    const index = reader.number();
    if (kind === KIND_FUNCTION && name === exported) return index;
  }
  return undefined;
}

/** Returns the offset at which the instructions of one of the module's own functions start. */
function bodyOf(module: Uint8Array, sections: Map<number, number>, index: number): number {
  const reader = new Reader(module, sections.get(SECTION_CODE) ?? module.length);
  reader.number();
  for (let before = index; before > 0; before -= 1) {
    const size = reader.number();
    reader.at += size;
  }
  reader.number();
  for (let locals = reader.number(); locals > 0; locals -= 1) {
    reader.number();
    reader.byte();
  }
  return reader.at;
}

class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw new Error('the module ends early');
    this.at += 1;
    return byte;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.#bytes.subarray(this.at - length, this.at));
  }
}
