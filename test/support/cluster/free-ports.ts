/** Ports on loopback that nobody listens on. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server } from 'node:net';

/** Asks the kernel for `count` different free ports; all are held until the last is known. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  try {
    for (let index = 0; index < count; index += 1) {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      servers.push(server);
    }
    return servers.map(portOf);
  } finally {
    await Promise.all(servers.map(closeServer));
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('Cannot tell the port of a server that does not listen on TCP');
  }
  return address.port;
}

async function closeServer(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
