// What was counted of a shop's shoppers in earlier days.

import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';

import { BINARY } from './server.js';

/** Built with the tests: `host/admin/examples/sixty_days.rs`. */
const EXAMPLE = join(dirname(BINARY), 'examples/sixty_days');

/** Fills a data folder with sixty days in which personal pages, and the layout `compact`, sell more. */
export function sixtyDays(folder) {
  execFileSync(EXAMPLE, [folder, 'magic-wands.myshopify.com'], { stdio: ['ignore', 'inherit', 'inherit'] });
}
