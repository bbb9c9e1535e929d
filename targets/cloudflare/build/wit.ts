//! The types of the glue, made from the WIT packages of the repository and not from a component: what one
//! component leaves out, another that takes its place may want.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { $init, generateTypes } from '@bytecodealliance/jco-transpile/component';

const HERE = join(import.meta.dirname, '..', 'wit', 'worlds.wit');
const SHARED = join(import.meta.dirname, '..', '..', '..', 'wit');
const PACKAGES = ['capabilities', 'storefront', 'platform'];

/** TypeScript declarations of a world in `wit/worlds.wit`, by file name. */
export async function typesOf(world: string): Promise<Record<string, Uint8Array>> {
  await $init;
  const files = generateTypes(world, {
    wit: { tag: 'source', val: await source() },
    world,
    instantiation: { tag: 'sync' },
    features: { tag: 'list', val: [] },
    tlaCompat: false,
    guest: false,
  });
  return Object.fromEntries(files);
}

/** The interfaces that a world of `wit/worlds.wit` supplies, by name and version. */
export async function suppliedTo(world: string): Promise<Set<string>> {
  const declared = new TextDecoder().decode((await typesOf(world))[`${world}.d.ts`]);
  const imports = /interface ImportObject \{([^}]*)\}/.exec(declared)?.[1] ?? '';
  return new Set([...imports.matchAll(/'([^']+)':/g)].map(([, name]) => name ?? ''));
}

/** All packages as one document: jco reads no folders here. */
async function source(): Promise<string> {
  const shared = await Promise.all(PACKAGES.map(nested));
  return [await readFile(HERE, 'utf8'), ...shared].join('\n');
}

/** The files of a package, as one package in braces. */
async function nested(folder: string): Promise<string> {
  let name: string | undefined;
  const bodies: string[] = [];
  for (const file of await readdir(join(SHARED, folder))) {
    const text = await readFile(join(SHARED, folder, file), 'utf8');
    bodies.push(
      text.replace(/(?:^\/\/\/.*\n)*^package ([^;]+);$/m, (_, found: string) => {
        name = found;
        return '';
      }),
    );
  }
  if (!name) throw new Error(`no file in wit/${folder} names its package`);
  return `package ${name} {\n${bodies.join('\n')}\n}\n`;
}
