import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { after, test } from 'node:test';
import { anyClient, clientCertificates } from '../../../src/server/client-authentication.ts';
import { issueTestCertificate, type TestPair } from '../../support/certificates.ts';
import { startTestServer } from '../../support/test-server.ts';

const strict = await startTestServer({ commonNames: ['kube-apiserver'], withHealthPort: true });
after(strict.stop);

const stranger = issueTestCertificate({ commonNames: ['Other CA'], purpose: 'authority' });

function issueClient(issuer: TestPair, ...commonNames: readonly string[]): TestPair {
  return issueTestCertificate({ commonNames, purpose: 'client', issuer });
}

test('a client with the right certificate and name is served, on every request of its connection', async () => {
  const client = strict.client(issueClient(strict.authority, 'kube-apiserver'));
  for (const path of ['/validate', '/mutate']) {
    assert.equal((await client.post(path, '{}')).httpStatus, 200);
  }
});

test('a client that resumes its TLS session is known again', async () => {
  const pair = issueClient(strict.authority, 'kube-apiserver');
  const client = strict.client(pair);
  const ports = new Set<number>();
  for (let turn = 0; turn < 3; turn += 1) {
    // Closing the connection makes the agent open another one with the session that it kept.
    const answer = await client.send('/validate', {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: '{}',
    });
    assert.equal(answer.httpStatus, 200, answer.body);
    ports.add(answer.localPort);
  }
  assert.equal(ports.size, 3);
});

const REFUSED: readonly (readonly [name: string, pair: () => Partial<TestPair>, reason: string])[] =
  [
    ['without a certificate', () => ({}), 'No client certificate was presented'],
    [
      'with a certificate of another authority',
      () => issueClient(stranger, 'kube-apiserver'),
      'The client certificate is not trusted: UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'with another common name',
      () => issueClient(strict.authority, 'kube-apiserver.evil'),
      'The common name of the client certificate is not among the configured ones',
    ],
    [
      'with two common names',
      () => issueClient(strict.authority, 'kube-apiserver', 'other'),
      'The client certificate has not one common name',
    ],
    [
      'with a certificate for servers',
      () =>
        issueTestCertificate({
          commonNames: ['kube-apiserver'],
          purpose: 'server',
          issuer: strict.authority,
        }),
      'The client certificate is not trusted: INVALID_PURPOSE',
    ],
  ];

for (const [name, pair, reason] of REFUSED) {
  test(`a client ${name} is refused with the reason`, async () => {
    const { httpStatus, body } = await strict.client(pair()).post('/validate', '{}');
    assert.equal(httpStatus, 401);
    assert.ok(body.includes(`"message":"${reason} (client_unauthenticated)"`), body);
  });
}

test('health is answered without a certificate, so that the kubelet can ask', async () => {
  assert.equal((await fetch(`${strict.server.healthUrl}/readyz`)).status, 200);
});

test('anyClient() proves nothing about anyone', async (context) => {
  const server = createServer().listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const client = get({ port, host: '127.0.0.1', agent: false });
  client.on('error', () => {});
  const [request] = (await once(server, 'request')) as [IncomingMessage];
  assert.deepEqual(anyClient.authenticate(request), { status: 'unproven' });
  client.destroy();
});

test('without configured names every certificate of the authority is served', async (context) => {
  const server = await startTestServer({ commonNames: [] });
  context.after(server.stop);
  const client = server.client(issueClient(server.authority, 'anyone'));
  assert.equal((await client.post('/validate', '{}')).httpStatus, 200);
});

test('an authenticator that answers later takes the place of certificates', async (context) => {
  const server = await startTestServer({
    authenticator: {
      authenticate: async ({ headers }) =>
        headers.authorization === 'Bearer good'
          ? { status: 'authenticated', client: 'api' }
          : { status: 'refused', reason: 'The token is not good' },
    },
  });
  context.after(server.stop);
  const post = { method: 'POST', body: '{}' };
  const type = { 'content-type': 'application/json' };
  const good = await server
    .client()
    .send('/validate', { ...post, headers: { ...type, authorization: 'Bearer good' } });
  const bad = await server.client().send('/validate', { ...post, headers: type });
  assert.deepEqual([good.httpStatus, bad.httpStatus], [200, 401]);
});

test('a connection without TLS never counts as authenticated', async (context) => {
  const server = createServer().listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const client = get({ port, host: '127.0.0.1', agent: false });
  client.on('error', () => {});
  const [request] = (await once(server, 'request')) as [IncomingMessage];
  assert.deepEqual(clientCertificates([]).authenticate(request), {
    status: 'refused',
    reason: 'The connection is not encrypted',
  });
  client.destroy();
});
