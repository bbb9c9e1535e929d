//! Serves the built Worker on this machine, as the shared tests and `npm run serve` want it.
//!
//!     node serve.mjs [--port N] [--persist FOLDER] [--bundle FOLDER] [--vars JSON]
//!
//! Says `listening on http://127.0.0.1:PORT` when it answers, and ends on SIGTERM and SIGINT.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const NODE_MIN = 24;
if (Number(process.versions.node.split('.')[0]) < NODE_MIN) {
  console.error(`this needs Node.js ${NODE_MIN} or newer; \`npm ci\` put one into node_modules/.bin/node`);
  process.exit(1);
}

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8788' },
    persist: { type: 'string' },
    bundle: { type: 'string', default: 'dist/worker' },
    vars: { type: 'string', default: '{}' },
  },
});

const { start } = await import('./local.ts');
const server = await start({
  port: Number(values.port),
  bundle: values.bundle,
  vars: JSON.parse(values.vars),
  ...(values.persist ? { persist: resolve(values.persist) } : {}),
});
const address = await server.ready;
console.log(`listening on ${address.origin}`);

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    await server.dispose();
    process.exit(0);
  });
}
