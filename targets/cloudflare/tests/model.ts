//! A language model under test.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A language model that does not answer until it is released, and then with an error: jobs keep running. */
export async function modelThatWaits(t: TestContext) {
  const released = Promise.withResolvers<void>();
  const server = createServer(async (_, response) => {
    await released.promise;
    response.writeHead(400).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    released.resolve();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  // The second shopper of a segment would not wait for the model.
  const vars = { LLM_BASE_URL: `http://127.0.0.1:${port}/v1`, LLM_API_KEY: 'none', PLANS_PER: 'shopper' };
  return { vars, release: released.resolve };
}
