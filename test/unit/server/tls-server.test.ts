import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { connect } from 'node:tls';
import { issueTestCertificate, type TestPair } from '../../support/certificates.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { waitUntil } from '../../support/wait-until.ts';

const quick = await startTestServer({
  limits: { headerTimeoutMs: 150, requestTimeoutMs: 300 },
});
after(quick.stop);

function issueServer(issuer: TestPair): TestPair {
  return issueTestCertificate({ commonNames: ['renewed'], purpose: 'server', issuer });
}

function replacePair({ folder }: TestServer, { cert, key }: TestPair): void {
  folder.write('tls.crt', cert);
  folder.write('tls.key', key);
}

function reloads(server: TestServer): Promise<readonly string[]> {
  return server.exposed('holdfast_certificate_reloads_total');
}

test('a renewed certificate is served to new connections while no request of the old ones is lost', async (context) => {
  const server = await startTestServer();
  context.after(server.stop);
  const renewed = issueServer(server.authority);
  const steady = server.client();
  const { localPort } = await steady.post('/validate', '{}');

  let stopping = false;
  const traffic = (async () => {
    const answers = [];
    while (!stopping) answers.push(await steady.post('/validate', '{}'));
    return answers;
  })();
  replacePair(server, renewed);
  const { fingerprint256 } = new X509Certificate(renewed.cert);
  await waitUntil(async () => {
    const fresh = server.client();
    const { fingerprint } = await fresh.post('/validate', '{}');
    fresh.close();
    return fingerprint === fingerprint256;
  });
  stopping = true;

  const answers = await traffic;
  assert.ok(answers.length > 0);
  for (const answer of answers) {
    // The same port is the same connection, and with it the same certificate.
    assert.deepEqual([answer.httpStatus, answer.localPort], [200, localPort]);
  }
  assert.deepEqual(await reloads(server), [
    'holdfast_certificate_reloads_total{outcome="loaded"} 1',
  ]);
});

const BAD_PAIRS: readonly (readonly [
  name: string,
  damage: (pair: TestPair) => TestPair,
  message: RegExp,
])[] = [
  [
    'a key of another certificate',
    ({ cert }) => ({ cert, key: quick.authority.key }),
    /does not belong to/,
  ],
  ['a damaged certificate', ({ key }) => ({ cert: 'no certificate', key }), /is no certificate/],
  ['a damaged key', ({ cert }) => ({ cert, key: 'no key' }), /is no private key/],
];

for (const [name, damage, message] of BAD_PAIRS) {
  test(`${name} keeps the last good pair, is told and counted, and mended by a good one`, async (context) => {
    const server = await startTestServer();
    context.after(server.stop);
    const renewed = issueServer(server.authority);

    replacePair(server, damage(renewed));
    await waitUntil(() => server.entries.length > 0);
    const [entry] = server.entries;
    assert.equal(
      entry?.message,
      'The changed certificate files are unusable; the last good pair serves on',
    );
    assert.equal(entry?.fields['code'], 'certificate_reload_failed');
    assert.match(String(entry?.fields['error']), message);
    assert.equal((await server.client().post('/validate', '{}')).fingerprint, server.fingerprint);
    assert.match(String(await reloads(server)), /outcome="failed"\} 1/);

    replacePair(server, renewed);
    const { fingerprint256 } = new X509Certificate(renewed.cert);
    await waitUntil(async () => {
      const fresh = server.client();
      const { fingerprint } = await fresh.post('/validate', '{}');
      fresh.close();
      return fingerprint === fingerprint256;
    });
  });
}

test('TLS 1.2 is refused by default and served where it is configured', async (context) => {
  const old = await startTestServer({ minimumVersion: 'TLSv1.2' });
  context.after(old.stop);
  const refused = quick.client({ maxVersion: 'TLSv1.2' }).post('/validate', '{}');
  await assert.rejects(refused, /alert protocol version/);
  assert.equal(
    (await old.client({ maxVersion: 'TLSv1.2' }).post('/validate', '{}')).httpStatus,
    200,
  );
});

test('headers that do not end are answered 408 and the connection is closed', async () => {
  const received = await converse('GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  assert.match(received, /^HTTP\/1\.1 408 Request Timeout\r\n/);
  assert.match(received, /\(request_timed_out\)/);
});

test('a body that does not end is answered 408 and the connection is closed', async () => {
  const received = await converse(
    'POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{',
  );
  assert.match(received, /^HTTP\/1\.1 408 Request Timeout\r\n/);
  await waitUntil(async () => {
    const [line] = await quick.exposed('holdfast_http_requests_in_flight');
    return line === 'holdfast_http_requests_in_flight 0';
  });
});

test('a client that goes away in the middle of its body is forgotten, and is no fault of ours', async (context) => {
  const server = await startTestServer();
  context.after(server.stop);
  const port = Number(new URL(server.server.url).port);
  const socket = connect({ host: '127.0.0.1', port, ca: server.authority.cert });
  await once(socket, 'secureConnect');
  socket.write(
    'POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{',
  );
  const bodyBytes = async (): Promise<string> =>
    String(await server.exposed('holdfast_http_body_bytes '));
  await waitUntil(async () => !(await bodyBytes()).endsWith(' 0'));
  socket.destroy();
  await waitUntil(async () => (await bodyBytes()).endsWith(' 0'));
  assert.deepEqual(
    server.entries.filter(({ level }) => level === 'error'),
    [],
  );
});

test('what is no HTTP is answered 400 and the connection is closed', async () => {
  const received = await converse('hello\r\n\r\n');
  assert.match(received, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(received, /\(request_unreadable\)/);
});

test('a client that never begins TLS is let go', async () => {
  const socket = connectTcp({ host: '127.0.0.1', port: Number(new URL(quick.server.url).port) });
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'close');
  const [line = ''] = await quick.exposed('holdfast_http_connections_failed_total');
  assert.match(line, / [1-9]\d*$/);
});

test('a connection beyond the limit closes the one that was silent for longest, and is counted', async (context) => {
  const server = await startTestServer({ limits: { connectionsMax: 1 } });
  context.after(server.stop);
  const first = server.client();
  const { localPort } = await first.post('/validate', '{}');
  assert.equal((await server.client().post('/validate', '{}')).httpStatus, 200);
  assert.notEqual((await first.post('/validate', '{}')).localPort, localPort);
  assert.deepEqual(await server.exposed('holdfast_http_connections_dropped_total'), [
    'holdfast_http_connections_dropped_total 2',
  ]);
});

/** Sends bytes over TLS and returns all that comes back until the server closes. */
async function converse(sent: string): Promise<string> {
  const socket = connect({
    host: '127.0.0.1',
    port: Number(new URL(quick.server.url).port),
    ca: quick.authority.cert,
  });
  await once(socket, 'secureConnect');
  socket.write(sent);
  return text(socket);
}
