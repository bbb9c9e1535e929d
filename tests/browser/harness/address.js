// An address that is free, for a server that another process has to know before it is there.

import { once } from 'node:events';
import { createServer } from 'node:net';

export async function freeAddress() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}
