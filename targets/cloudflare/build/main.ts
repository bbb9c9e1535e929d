//! Makes `generated/` of what `cargo xtask build` left: the components as JavaScript and core modules,
//! the settings, the routes, the fallback pages, and a manifest that says which bytes they were made from.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { sha256, type Parts } from './component.ts';
import { transpileComponent } from './transpile.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** Its path after `cargo xtask build`, from the top of the repository. */
const TARGET = join(ROOT, process.env['WANDSTORE_BUILT'] ?? 'target');
const GENERATED = join(import.meta.dirname, '..', 'generated');
const ROLES = ['routing', 'caching', 'queueing', 'generation', 'catalog'];

await build();

async function build(): Promise<void> {
  await requireInputs();
  await rm(GENERATED, { recursive: true, force: true });
  await mkdir(join(GENERATED, 'assets', 'fallback'), { recursive: true });
  const [storefront, backends] = await Promise.all([
    transpileComponent({ ...named('storefront'), waits: true }),
    transpileComponent({ ...named('backends'), waits: false }),
  ]);
  const components = await proveRoles(storefront.parts);
  const inputs = { storefront: storefront.sha256, backends: backends.sha256 };
  const modules = { storefront: storefront.modules, backends: backends.modules };
  await writeJson('manifest.json', { version: await version(), components, inputs, modules });
  await writeJson('fallback.json', await fallbackPages());
  await cp(join(TARGET, 'wandstore', 'settings.json'), join(GENERATED, 'settings.json'));
  await cp(join(TARGET, 'cloudflare', 'routes.json'), join(GENERATED, 'routes.json'));
  console.log(Object.entries(components).map(([role, digest]) => `${digest}  ${role}`).join('\n'));
}

function named(name: string): { path: string; name: string; folder: string } {
  return { path: join(TARGET, 'cloudflare', `${name}.wasm`), name, folder: join(GENERATED, name) };
}

async function requireInputs(): Promise<void> {
  const files = [
    ...ROLES.map((role) => join('wandstore', `${role}.wasm`)),
    join('wandstore', 'settings.json'),
    join('wandstore', 'fallback'),
    join('cloudflare', 'storefront.wasm'),
    join('cloudflare', 'backends.wasm'),
    join('cloudflare', 'routes.json'),
  ];
  const missing = files.filter((file) => !existsSync(join(TARGET, file)));
  if (missing.length === 0) return;
  console.error(`missing in target/: ${missing.join(', ')}`);
  console.error('run `cargo xtask build` at the top of the repository first');
  process.exit(1);
}

/** The deployment's components must be inside the composed one as they are, byte for byte. */
async function proveRoles({ components }: Parts): Promise<Record<string, string>> {
  const inside = new Set(components.map(sha256));
  const digests: Record<string, string> = {};
  for (const role of ROLES) {
    const digest = sha256(await readFile(join(TARGET, 'wandstore', `${role}.wasm`)));
    if (!inside.has(digest)) {
      throw new Error(`target/wandstore/${role}.wasm is not what target/cloudflare/storefront.wasm was composed of`);
    }
    digests[role] = digest;
  }
  return digests;
}

/** Copies the fallback pages; returns the policy that lets each page's own style and script run. */
async function fallbackPages(): Promise<Record<string, string>> {
  const from = join(TARGET, 'wandstore', 'fallback');
  const policies: Record<string, string> = {};
  for (const file of (await readdir(from)).filter((file) => file.endsWith('.html'))) {
    const page = await readFile(join(from, file), 'utf8');
    policies[basename(file, '.html')] = contentSecurityPolicy(page);
    await writeFile(join(GENERATED, 'assets', 'fallback', file), page);
  }
  return policies;
}

/** Returns the same policy as routing's, for the style and script of this page. */
function contentSecurityPolicy(page: string): string {
  const hashes = (element: string) =>
    [...page.matchAll(new RegExp(`<${element}>([\\s\\S]*?)</${element}>`, 'g'))]
      .map(([, content]) => `'sha256-${createHash('sha256').update(content ?? '').digest('base64')}'`)
      .join(' ') || "'none'";
  return [
    "default-src 'none'",
    "img-src 'self' https: data:",
    `style-src ${hashes('style')}`,
    `script-src ${hashes('script')}`,
    "connect-src 'self'",
    "form-action 'self' https:",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
}

/** The version of the workspace. */
async function version(): Promise<string> {
  const manifest = await readFile(join(ROOT, 'Cargo.toml'), 'utf8');
  const found = /^\[workspace\.package\][^[]*^version = "([^"]+)"/m.exec(manifest)?.[1];
  if (!found) throw new Error('Cargo.toml names no version of the workspace');
  return found;
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(join(GENERATED, file), `${JSON.stringify(value, null, 2)}\n`);
}
