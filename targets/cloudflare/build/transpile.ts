//! A component as JavaScript and core modules that workerd takes: no list of functions is written by
//! hand, and no WebAssembly is compiled while a request waits.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { transpileBytes } from '@bytecodealliance/jco-transpile';
import { componentWit } from '@bytecodealliance/jco-transpile/wasm-tools';

import { functionsOf, sha256, takeApart, type Parts } from './component.ts';
import { shorten } from './lean.ts';
import { mayWait } from './synchronous.ts';
import { suppliedTo, typesOf } from './wit.ts';

/** A transpiled component. */
export interface Transpiled {
  parts: Parts;
  /** SHA-256 of the component. */
  sha256: string;
  /** The core modules that are in the bundle, by file name. */
  modules: Record<string, { sha256: string; origin: Origin }>;
}

/** The origin of a core module: the component itself, or jco, which joins and adapts. */
type Origin = 'component' | 'jco';

interface Options {
  /** The component's file. */
  path: string;
  /** Its world in `wit/worlds.wit`, and the name of its JavaScript. */
  name: string;
  /** The folder for the output. */
  folder: string;
  /** Whether its exports may wait. If not, all of its imports answer at once. */
  waits: boolean;
}

/** Transpiles a component into `folder`, and proves that its core modules are in there unchanged. */
export async function transpileComponent({ path, name, folder, waits }: Options): Promise<Transpiled> {
  const component = new Uint8Array(await readFile(path));
  const parts = takeApart(component);
  const { imported, exported } = await bordersOf(component, parts, await suppliedTo(name));
  const awaited = waits ? imported.filter(mayWait) : [];
  const { files } = await transpileBytes(component, {
    name,
    instantiation: 'sync',
    nodejsCompat: false,
    wasiShim: false,
    emitTypescriptDeclarations: false,
    // Distinguishes an error that a component returns from a failure of the component (`src/component/refusal.ts`).
    noComponentErrorWrapping: false,
    ...(waits ? { asyncMode: 'jspi', asyncImports: awaited, asyncExports: exported } : {}),
  });
  const extracted = extractModules(text(files, `${name}.js`), name);
  const modules = { ...wasmOf(files), ...extracted.modules };
  checkSuspensions(extracted.source, awaited.length);
  const source = waits ? shorten(extracted.source, name) : extracted.source;
  const script = { [`${name}.js`]: source, 'modules.ts': moduleTable(Object.keys(modules)) };
  await write(folder, { ...modules, ...(await typesOf(name)), ...script });
  return { parts, sha256: sha256(component), modules: trace(modules, parts) };
}

/** Every function that the component really imports or exports, by interface and name. */
async function bordersOf(
  component: Uint8Array,
  parts: Parts,
  supplied: Set<string>,
): Promise<{ imported: string[]; exported: string[] }> {
  const wit = await componentWit(component);
  const named = (keyword: string) =>
    new Set([...wit.matchAll(new RegExp(`^ *${keyword} ([a-z0-9:/@.-]+);`, 'gm'))].map(([, found]) => found ?? ''));
  const { imported } = functionsOf(parts.modules, named('import'));
  const { exported } = functionsOf(parts.modules, named('export'));
  const unknown = imported.filter((name) => !supplied.has(name.split('#')[0] ?? ''));
  if (unknown.length > 0) {
    throw new Error(`the component imports what this target does not supply: ${unknown.join(', ')}`);
  }
  if (exported.length === 0) throw new Error('the component exports no function');
  return { imported, exported };
}

/** jco lets an import wait only if its name matches; otherwise the import would return promises as answers. */
function checkSuspensions(source: string, expected: number): void {
  const names = [...source.matchAll(/_trampoline(\d+)\.fnName = '([^']+)'/g)];
  const waiting = new Set(
    names
      .filter(([, number]) => source.includes(`_trampoline${number}.manuallyAsync = true`))
      .map(([, , found]) => found?.replace(/\$\d+$/, '')),
  );
  if (waiting.size !== expected) {
    throw new Error(`of ${expected} imports that may wait, jco took ${waiting.size}: ${[...waiting].join(', ')}`);
  }
}

const COMPILES = /new WebAssembly\.Module\(\s*new Uint8Array\(\[([^\]]*)\]\)\s*\)/g;

/** Moves modules that jco writes into JavaScript as numbers to files, because workerd compiles none at run time. */
function extractModules(source: string, name: string): { source: string; modules: Record<string, Uint8Array> } {
  const modules: Record<string, Uint8Array> = {};
  const replaced = source.replace(COMPILES, (_, numbers: string) => {
    const file = `${name}.inline${Object.keys(modules).length}.wasm`;
    const bytes = numbers.split(',').map((number) => number.trim()).filter((number) => number !== '');
    modules[file] = Uint8Array.from(bytes, Number);
    return `getCoreModule('${file}')`;
  });
  if (/new WebAssembly\.Module\(|WebAssembly\.compile/.test(replaced.replace(/^.*fetchCompile.*$/gm, ''))) {
    throw new Error(`${name}.js still compiles WebAssembly when it runs, in a form that the build does not know`);
  }
  // jco's log is off; marked as pure, its calls and their arguments are removed when the bundle is minified.
  return { source: replaced.replace(/\b_debugLog\(/g, '/* @__PURE__ */ _debugLog('), modules };
}

/** Returns the origin of each core module; fails if one of the component's own is missing. */
function trace(modules: Record<string, Uint8Array>, parts: Parts): Transpiled['modules'] {
  const own = new Set(parts.modules.map(sha256));
  const traced: Transpiled['modules'] = {};
  for (const [file, bytes] of Object.entries(modules)) {
    const digest = sha256(bytes);
    traced[file] = { sha256: digest, origin: own.has(digest) ? 'component' : 'jco' };
  }
  const there = new Set(Object.values(traced).map((module) => module.sha256));
  const missing = [...own].filter((digest) => !there.has(digest));
  if (missing.length > 0) throw new Error(`core modules were changed or left out: ${missing.join(', ')}`);
  return traced;
}

/** TypeScript that imports the core modules, so that they are compiled when the Worker is uploaded. */
function moduleTable(files: string[]): string {
  const imports = files.map((file, index) => `import m${index} from './${file}';`);
  const entries = files.map((file, index) => `  '${file}': m${index},`);
  return [
    ...imports,
    '',
    'const modules: Record<string, WebAssembly.Module> = {',
    ...entries,
    '};',
    '',
    '/** The core module of that name. */',
    'export function coreModule(name: string): WebAssembly.Module {',
    '  const module = modules[name];',
    '  if (!module) throw new Error(`no core module ${name} was bundled`);',
    '  return module;',
    '}',
    '',
  ].join('\n');
}

function wasmOf(files: Record<string, Uint8Array>): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(files).filter(([file]) => file.endsWith('.wasm')));
}

function text(files: Record<string, Uint8Array>, file: string): string {
  const bytes = files[file];
  if (!bytes) throw new Error(`jco wrote no ${file}`);
  return new TextDecoder().decode(bytes);
}

async function write(folder: string, files: Record<string, Uint8Array | string>): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}
