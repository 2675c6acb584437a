import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { readAddressRanges } from '../../../src/base/address-ranges.ts';
import { strangersShareOf, type Client, type Clients } from '../../../src/server/clients.ts';
import { clockOf } from '../../support/simulated-time.ts';
import { clientFrom, socketFrom, testClients } from '../../support/server-clients.ts';

interface Port {
  readonly clients: Clients;
  readonly dropped: () => number;
  readonly connect: (address: string, remotePort?: number) => Socket;
}

function listen(options: Parameters<typeof testClients>[0]): Port {
  let dropped = 0;
  let ports = 0;
  const clients = testClients({ ...options, onDropped: () => (dropped += 1) });
  const server: Server = createServer();
  clients.follow(server);
  return {
    clients,
    dropped: () => dropped,
    connect: (address) => {
      const socket = socketFrom(address, (ports += 1));
      // Node's own listener would read from a socket that was never opened.
      server.listeners('connection').at(-1)?.call(server, socket);
      return socket;
    },
  };
}

function request(
  server: Port,
  socket: Socket,
): { readonly client: Client; readonly end: () => void } {
  const client = server.clients.of(socket);
  client.requests += 1;
  return { client, end: () => (client.requests -= 1) };
}

test('a client is a stranger until it proves itself, comes from a configured address, or was answered', () => {
  const clients = testClients({ apiServerAddresses: readAddressRanges(['10.1.0.0/16']) });
  const client = clientFrom(clients, '10.0.0.1');
  assert.equal(client.standing, 'stranger');
  clients.answered(client, 400);
  assert.equal(client.standing, 'stranger');
  clients.answered(client, 200);
  assert.equal(client.standing, 'answered');
  client.prove();
  assert.equal(client.standing, 'proven');
  assert.equal(clientFrom(clients, '10.1.2.3').standing, 'proven');
});

test('sixteen addresses are remembered, and only one that was silent for ten minutes gives way', () => {
  let nowMs = 1000;
  const clients = testClients({ monotonicMs: clockOf(() => nowMs).monotonicMs });
  const first = Array.from({ length: 16 }, (_, index) => clientFrom(clients, `10.0.0.${index}`));
  for (const client of first) clients.answered(client, 200);
  const late = clientFrom(clients, '10.0.1.1');
  clients.answered(late, 200);
  assert.equal(late.standing, 'stranger');

  nowMs += 10 * 60 * 1000 + 1;
  for (const client of first.slice(1)) clients.answered(client, 200);
  clients.answered(late, 200);
  assert.deepEqual(
    [first[0]?.standing, first[1]?.standing, late.standing],
    ['stranger', 'answered', 'answered'],
  );
});

test('strangersShareOf() is half, and at least one', () => {
  assert.deepEqual([1, 2, 3, 512].map(strangersShareOf), [1, 1, 1, 256]);
});

test('a new connection takes the place of the oldest of the source that has most', () => {
  const port = listen({ connectionsMax: 3, strangersMax: 3 });
  const [oldest, newer] = [port.connect('10.0.0.2'), port.connect('10.0.0.2')];
  const single = port.connect('10.0.0.3');
  const fresh = port.connect('10.0.0.4');
  assert.deepEqual(
    [oldest, newer, single, fresh].map(({ destroyed }) => destroyed),
    [true, false, false, false],
  );
  assert.equal(port.dropped(), 1);
});

test('a silent connection goes before one whose body is being received, and never one that is judged', () => {
  const port = listen({ connectionsMax: 3, strangersMax: 3 });
  const judged = port.connect('10.0.0.2');
  const receiving = port.connect('10.0.0.2');
  const silent = port.connect('10.0.0.2');
  port.clients.of(judged).places = 1;
  request(port, judged);
  request(port, receiving);
  port.connect('10.0.0.3');
  assert.deepEqual([judged.destroyed, receiving.destroyed, silent.destroyed], [false, false, true]);
});

test('a stranger takes the place of no client with a better standing, and is closed itself', () => {
  const port = listen({ connectionsMax: 1, strangersMax: 1 });
  const known = port.connect('10.0.0.2');
  port.clients.answered(port.clients.of(known), 200);
  const stranger = port.connect('10.0.0.3');
  assert.deepEqual([known.destroyed, stranger.destroyed], [false, true]);
});

test('strangers take their share and leave the rest, also where nobody else is connected', () => {
  const port = listen({ connectionsMax: 4, strangersMax: 2 });
  const sockets = ['10.0.0.2', '10.0.0.3', '10.0.0.4'].map((address) => port.connect(address));
  assert.deepEqual(
    sockets.map(({ destroyed }) => destroyed),
    [true, false, false],
  );
});

test('a client of a better standing takes the place of a stranger', () => {
  const apiServerAddresses = readAddressRanges(['10.1.0.1']);
  const port = listen({ connectionsMax: 2, strangersMax: 2, apiServerAddresses });
  const stranger = port.connect('10.0.0.2');
  const one = port.connect('10.1.0.1');
  const other = port.connect('10.1.0.1');
  assert.deepEqual([stranger.destroyed, one.destroyed, other.destroyed], [true, false, false]);
});

test('a source that has most of all is closed itself where nothing of it can go', () => {
  const port = listen({ connectionsMax: 3, strangersMax: 3 });
  const single = port.connect('10.0.0.3');
  for (const socket of [port.connect('10.0.0.2'), port.connect('10.0.0.2')]) {
    port.clients.of(socket).places = 1;
  }
  const more = port.connect('10.0.0.2');
  assert.deepEqual([single.destroyed, more.destroyed], [false, true]);
});

test('a connection that is over is forgotten, with its source', async () => {
  const port = listen({});
  const socket = port.connect('10.0.0.2');
  const { source } = port.clients.of(socket);
  socket.destroy();
  await new Promise((resolve) => socket.once('close', resolve));
  assert.deepEqual([port.clients.connections, source.connections], [0, 0]);
  assert.notEqual(port.clients.of(socketFrom('10.0.0.2')).source, source);
});

test('a TLS connection is the client of the connection below it', () => {
  const server: Server = createServer();
  const clients = testClients();
  clients.follow(server);
  const plain = socketFrom('10.0.0.2', 7);
  const tls = socketFrom('10.0.0.2', 7);
  server.listeners('connection').at(-1)?.call(server, plain);
  server.emit('secureConnection', tls);
  server.emit('secureConnection', socketFrom('10.0.0.9', 9));
  assert.equal(clients.of(tls), clients.of(plain));
  clients.of(tls).close();
  assert.equal(tls.destroyed, true);
});

test('requests are counted until their answer is over', () => {
  const server: Server = createServer();
  const clients = testClients();
  clients.follow(server);
  const socket = socketFrom('10.0.0.2', 7);
  const response = new EventEmitter();
  server.emit('request', { socket }, response);
  assert.equal(clients.of(socket).requests, 1);
  response.emit('close');
  assert.equal(clients.of(socket).requests, 0);
});

test('a connection that has shown a certificate takes none of the share of strangers, until it is over', async () => {
  const port = listen({ connectionsMax: 10, strangersMax: 1 });
  const proven = port.connect('10.0.0.2');
  const client = port.clients.of(proven);
  client.prove();
  client.prove();
  const stranger = port.connect('10.0.0.2');
  assert.deepEqual([client.source.provenConnections, stranger.destroyed], [1, false]);
  proven.destroy();
  await new Promise((resolve) => proven.once('close', resolve));
  assert.equal(client.source.provenConnections, 0);
  port.connect('10.0.0.2');
  assert.equal(stranger.destroyed, true);
});
