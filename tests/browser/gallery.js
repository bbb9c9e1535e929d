// Lays out every catalog of `crates/page/examples/gallery.rs` in every look, width, colour scheme and direction of
// writing, says what is wrong, and writes contact sheets of the first screens. `cargo xtask gallery` runs it; the first
// argument is the folder of the sheets.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { chromium } from 'playwright-core';

import { faults, intoColumn } from './harness/layout.js';
import { BINARY } from './harness/server.js';
import { CHROMIUM } from './harness/stage.js';

const EXAMPLE = join(dirname(BINARY), 'examples/gallery');
const WIDTHS = [320, 390, 768, 1440, 2560];
const HEIGHT = 900;
const COLUMN = 700;
/** The widths of the contact sheets, and how large a screen is on them. */
const SHOWN = { 390: 0.4, 1440: 0.2 };
const SCHEMES = ['light', 'dark'];
/** The language of all shops in a run; without one, each has its own. */
const LANGUAGES = { ltr: undefined, rtl: 'ar' };

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch(CHROMIUM);
let found = 0;
let looked = 0;
try {
  for (const [direction, language] of Object.entries(LANGUAGES)) await lookAt(direction, language);
} finally {
  await browser.close();
}
console.log(`${looked} layouts, ${found} faults; contact sheets are in ${folder}`);
process.exitCode = found === 0 ? 0 : 1;

async function lookAt(direction, language) {
  const listed = execFileSync(EXAMPLE, ['all', ...(language ? [language] : [])], { maxBuffer: 2 ** 30 });
  const { style, pages } = JSON.parse(listed);
  const kinds = group(pages);
  for (const [kind, ofKind] of kinds) {
    const shots = { 390: [], 1440: [] };
    for (const page of ofKind) await check(page, `${page.name}, ${kind}, ${direction}`, style, shots);
    for (const width of Object.keys(SHOWN)) await sheet(`${kind}-${direction}-${width}`, shots[width], width);
    console.log(`${kind}, ${direction}: ${ofKind.length} catalogs`);
  }
}

/** Checks a page by itself at every width, and its content in the column of a theme. */
async function check({ name, html, content }, title, style, shots) {
  const page = await browser.newPage();
  try {
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await page.setContent(html);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: HEIGHT });
        note(await page.evaluate(faults), `${title}, ${colorScheme}, ${width} px`);
        if (colorScheme === 'light' && SHOWN[width]) {
          shots[width].push({ name, shot: await page.screenshot({ type: 'jpeg', quality: 70 }) });
        }
      }
      note(await violations(page), `${title}, ${colorScheme}`);
    }
    await page.setContent('<!doctype html><title>A theme</title>');
    await page.evaluate(intoColumn, { style, content, width: COLUMN });
    note(await page.evaluate(faults, 'wand-storefront'), `${title}, in a column`);
  } finally {
    await page.close();
  }
}

/** What axe finds, and headings without text. */
async function violations(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations: broken } = await window.axe.run(document, { resultTypes: ['violations'] });
    const ofAxe = broken.map(({ id, nodes }) => `axe: ${id}: ${nodes[0].html.slice(0, 120)}`);
    const empty = [...document.querySelectorAll('h1, h2, h3')].filter(({ textContent }) => !textContent.trim());
    return [...ofAxe, ...empty.map(({ outerHTML }) => `an empty heading: ${outerHTML.slice(0, 80)}`)];
  });
}

function note(faultsOf, where) {
  looked += 1;
  found += faultsOf.length;
  for (const fault of faultsOf) console.log(`${where}: ${fault}`);
}

/** Writes the first screens of all catalogs side by side, each with its name. */
async function sheet(name, shots, width) {
  const shown = Math.round(width * SHOWN[width]);
  const figures = shots.map(({ name: of, shot }) => `<figure><img src="data:image/jpeg;base64,${shot.toString('base64')}"
    width="${shown}"><figcaption>${of}</figcaption></figure>`);
  const page = await browser.newPage({ viewport: { width: 8 * (shown + 12) + 12, height: HEIGHT } });
  await page.setContent(`<style>body { margin: 12px; display: grid; grid-template-columns: repeat(8, ${shown}px); gap: 12px }
    figure { margin: 0; font: 11px sans-serif } img { border: 1px solid #ccc; box-sizing: border-box }</style>${figures.join('')}`);
  writeFileSync(join(folder, `${name}.png`), await page.screenshot({ fullPage: true }));
  await page.close();
}

/** Returns the pages of each kind. */
function group(pages) {
  const kinds = new Map();
  for (const page of pages) kinds.set(page.kind, [...(kinds.get(page.kind) ?? []), page]);
  return kinds;
}
