/**
 * Receivers for the sinks of the bench, in a process of their own: each takes batches of CloudEvents, counts the events and
 * answers 200. Started with `fork`; its argument is their number, its first message their ports, and it answers each
 * message with what every receiver has counted.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants, setPriority } from 'node:os';

const count = Number(process.argv[2]);
const counts = Array.from({ length: count }, () => 0);

/** Every event has one; to parse the batch would be work that the bench is not about. */
const EVENT = Buffer.from('"specversion"');

// A receiver stands for another machine: what it computes must not take a processor from the server that is measured.
setPriority(constants.priority.PRIORITY_LOW);

async function listen(index: number): Promise<number> {
  const server = createServer((request, response) => {
    receive(index, request, response);
  });
  server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve) => {
    server.once('listening', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return port;
}

function receive(index: number, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    counts[index] = (counts[index] ?? 0) + countEvents(Buffer.concat(chunks));
    response.writeHead(200).end();
  });
}

function countEvents(body: Buffer): number {
  let events = 0;
  for (let at = body.indexOf(EVENT); at !== -1; at = body.indexOf(EVENT, at + EVENT.length)) {
    events += 1;
  }
  return events;
}

const ports = await Promise.all(counts.map((_, index) => listen(index)));
process.on('message', () => process.send?.(counts));
process.send?.(ports);
