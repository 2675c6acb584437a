/**
 * What strangers can hold of a server that asks for no client certificate: connections, bodies that never end, and places.
 * None of it may keep the API server from its answer.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { test, type TestContext } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { SERVER_LIMITS } from '../../src/server/settings.ts';
import { issueTestCertificate, type TestPair } from '../support/certificates.ts';
import { reviewOf } from '../support/mangled-reviews.ts';
import { exchangeOn, formatRequest, USUAL_HEADERS } from '../support/raw-exchange.ts';
import {
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from '../support/test-server.ts';
import { waitUntil } from '../support/wait-until.ts';

/** On Linux every address of 127.0.0.0/8 is this machine: each is a source of its own. */
const STRANGER = '127.0.0.66';
const API_SERVER = '127.0.0.1';
const PLACES = 8;
const READ_AT_ONCE = SERVER_LIMITS['limits.strangersReadAtOnce'].default;
const CHUNKED = [...USUAL_HEADERS, 'Transfer-Encoding: chunked'];

/** Ten strangers in turn: handshakes of one alone would wait for seconds. */
function addressOf(index: number): string {
  return `127.0.66.${1 + (index % 10)}`;
}

/** They are closed before the server, which would wait for them. */
const opened: TLSSocket[] = [];

async function start(
  context: TestContext,
  limits: NonNullable<TestServerOptions['limits']>,
): Promise<TestServer> {
  const server = await startTestServer({ limits });
  context.after(async () => {
    for (const socket of opened.splice(0)) socket.destroy();
    await server.stop();
  });
  return server;
}

async function open(
  { server: { url }, authority }: TestServer,
  localAddress: string,
  pair: Partial<TestPair> = {},
): Promise<TLSSocket> {
  const port = Number(new URL(url).port);
  const tcp = connectTcp({ host: '127.0.0.1', port, localAddress });
  tcp.on('error', () => {});
  const socket = connect({
    socket: tcp,
    ca: authority.cert,
    servername: 'localhost',
    ...pair,
  });
  socket.on('error', () => {});
  opened.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}

/** Connections of a stranger that have each sent this, and send no more. */
async function hold(
  server: TestServer,
  { count, sent }: { readonly count: number; readonly sent: Buffer },
): Promise<readonly TLSSocket[]> {
  const sockets: TLSSocket[] = [];
  for (let index = 0; index < count; index += 1) {
    const socket = await open(server, STRANGER);
    socket.write(sent);
    sockets.push(socket);
  }
  return sockets;
}

/** One answer, on a connection that stays open. */
async function ask(socket: TLSSocket): Promise<string> {
  socket.write(formatRequest({}));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

/** All of a review but its last byte. */
const UNFINISHED = formatRequest({}).subarray(0, -1);
const UNFINISHED_CHUNKED = Buffer.concat([
  formatRequest({ headers: CHUNKED, body: '' }),
  Buffer.from('10\r\n{'),
]);

test('strangers without a certificate keep no connection from an API server that has one', async (context) => {
  const server = await startTestServer({
    commonNames: ['kube-apiserver'],
    limits: { connectionsMax: PLACES },
  });
  context.after(async () => {
    for (const socket of opened.splice(0)) socket.destroy();
    await server.stop();
  });
  const pair = issueTestCertificate({
    commonNames: ['kube-apiserver'],
    purpose: 'client',
    issuer: server.authority,
  });
  // From the address of the strangers: what counts is the certificate.
  const apiServer = await open(server, STRANGER, pair);
  assert.match(await ask(apiServer), /^HTTP\/1\.1 200 /);
  await hold(server, { count: 2 * PLACES, sent: UNFINISHED });
  assert.match(await ask(apiServer), /^HTTP\/1\.1 200 /);
  assert.match(await ask(await open(server, STRANGER, pair)), /^HTTP\/1\.1 200 /);
});

for (const [way, sent] of [
  ['usual reviews', UNFINISHED],
  ['reviews through the application', UNFINISHED_CHUNKED],
] as const) {
  test(`as many slow ${way} as there are places take no place`, async (context) => {
    const server = await start(context, { concurrentRequestsMax: PLACES });
    await hold(server, { count: 2 * PLACES, sent });
    const answer = await exchangeOn(await open(server, API_SERVER), formatRequest({}));
    assert.match(answer, /^HTTP\/1\.1 200 /);
  });
}

test('handshakes of strangers who come together wait for their turn, and those of the API server do not', async (context) => {
  const apiServerAddresses = [API_SERVER];
  const server = await startTestServer({ apiServerAddresses, limits: { connectionsMax: 1000 } });
  context.after(async () => {
    for (const socket of opened.splice(0)) socket.destroy();
    await server.stop();
  });
  const waiting = async (): Promise<number> => {
    const [line = ''] = await server.exposed('holdfast_http_handshakes_waiting ');
    return Number(line.split(' ')[1]);
  };
  const strangers = Array.from({ length: 200 }, (_, index) => open(server, addressOf(index)));
  await waitUntil(async () => (await waiting()) > 100);
  const own = await open(server, API_SERVER);
  assert.match(await ask(own), /^HTTP\/1\.1 200 /);
  assert.ok((await waiting()) > 0);
  // What they sent while they waited is not lost.
  const [stranger] = await Promise.all(strangers);
  assert.ok(stranger);
  assert.match(await ask(stranger), /^HTTP\/1\.1 200 /);
  assert.equal(await waiting(), 0);
});

test('of many strangers few are read at a time, each of them is answered, and the API server waits for none', async (context) => {
  const apiServerAddresses = [API_SERVER];
  const limits = { connectionsMax: 1000, concurrentRequestsMax: 1000 };
  const server = await startTestServer({ apiServerAddresses, limits });
  context.after(async () => {
    for (const socket of opened.splice(0)) socket.destroy();
    await server.stop();
  });
  const waiting = async (): Promise<number> => {
    const [line = ''] = await server.exposed('holdfast_http_reads_waiting ');
    return Number(line.split(' ')[1]);
  };
  const strangers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => open(server, addressOf(index))),
  );
  await waitUntil(async () => (await waiting()) === 100 - READ_AT_ONCE);
  const own = await open(server, API_SERVER);
  assert.match(await ask(own), /^HTTP\/1\.1 200 /);
  // A review in two parts: what comes on a connection that is not read is read at its turn.
  for (const socket of strangers) socket.write(UNFINISHED);
  assert.match(await ask(own), /^HTTP\/1\.1 200 /);
  assert.ok((await waiting()) > 0);
  const answers = await Promise.all(
    strangers.map(async (socket) => {
      socket.write(formatRequest({}).subarray(-1));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      return answer.subarray(0, 'HTTP/1.1 200'.length).toString();
    }),
  );
  assert.deepEqual([...new Set(answers)], ['HTTP/1.1 200']);
  // Whoever was answered is no stranger.
  await waitUntil(async () => (await waiting()) === 0);
});

test('a server that stops waits for no handshake that has not begun', async (context) => {
  const server = await start(context, { connectionsMax: 1000 });
  const port = Number(new URL(server.server.url).port);
  const silent = Array.from({ length: 400 }, () =>
    connectTcp({ host: '127.0.0.1', port, localAddress: STRANGER }).on('error', () => {}),
  );
  const lastClosed = new Promise((resolve) => silent.at(-1)?.once('close', resolve));
  await waitUntil(async () => {
    const [line = ''] = await server.exposed('holdfast_http_handshakes_waiting ');
    return Number(line.split(' ')[1]) > 100;
  });
  const draining = server.server.drain();
  await lastClosed;
  for (const socket of silent) socket.destroy();
  await draining;
});

test('as many idle connections as the server takes leave room for the API server', async (context) => {
  const server = await start(context, { connectionsMax: PLACES });
  const idle = Buffer.from('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  await hold(server, { count: PLACES, sent: idle });
  const answer = await exchangeOn(await open(server, API_SERVER), formatRequest({}));
  assert.match(answer, /^HTTP\/1\.1 200 /);
});

test('bodies that do not end hold a bounded number of bytes, and the API server is answered', async (context) => {
  const server = await start(context, { heldBodyBytesMax: 256 * 1024 });
  const body = Buffer.alloc(48 * 1024, ' ');
  const headers = [...USUAL_HEADERS, `Content-Length: ${64 * 1024}`];
  await hold(server, { count: 16, sent: formatRequest({ headers, body }) });
  await waitUntil(async () => {
    const [line = ''] = await server.exposed('holdfast_http_body_bytes ');
    const bytes = Number(line.split(' ')[1]);
    return bytes > 64 * 1024 && bytes <= 128 * 1024;
  });
  const large = reviewOf({}) + ' '.repeat(60 * 1024);
  const answer = await exchangeOn(await open(server, API_SERVER), formatRequest({ body: large }));
  assert.match(answer, /^HTTP\/1\.1 200 /);
});
