/** Ports on loopback that nobody listens on. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { errorCode } from '../../../src/base/error-details.ts';

/**
 * Below those that the kernel gives to outgoing connections (net.ipv4.ip_local_port_range): one of them would else take a port
 * before its server starts.
 */
const PORT_MIN = 10_000;
const PORT_MAX = 32_767;
/** So many ports in use in a row are no chance. */
const ATTEMPTS_MAX = 100;

/** `count` different free ports; all are held until the last is known. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  try {
    for (let index = 0; index < count; index += 1) {
      servers.push(await listenSomewhere());
    }
    return servers.map(portOf);
  } finally {
    await Promise.all(servers.map(closeServer));
  }
}

async function listenSomewhere(): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    const server = createServer().listen(randomInt(PORT_MIN, PORT_MAX + 1), '127.0.0.1');
    try {
      await once(server, 'listening');
      return server;
    } catch (error) {
      if (errorCode(error) !== 'EADDRINUSE' || attempt === ATTEMPTS_MAX) throw error;
    }
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
