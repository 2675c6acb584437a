import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { test, type TestContext } from 'node:test';
import { systemClock, type Clock } from '../../../../src/base/clock.ts';
import { GithubApps, type GithubApp } from '../../../../src/source/mirror/github-app.ts';
import { serverCertificatesOf } from '../../../support/certificates.ts';

const { authority: AUTHORITY, server: SERVER } = serverCertificatesOf('localhost');
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const NOW_MS = Date.parse('2026-11-01T12:00:00Z');

interface Api {
  readonly app: GithubApp;
  readonly asked: readonly { readonly path: string; readonly authorization: string }[];
}

/** Answers as the API does, or with what the test wants. */
async function startApi(
  t: TestContext,
  answer: { readonly status: number; readonly body: unknown } = {
    status: 201,
    body: { token: 'installation-token', expires_at: '2026-11-01T13:00:00Z', permissions: {} },
  },
): Promise<Api> {
  const asked: { path: string; authorization: string }[] = [];
  const server = createServer({ cert: SERVER.cert, key: SERVER.key }, (request, response) => {
    asked.push({
      path: `${request.method} ${request.url}`,
      authorization: request.headers.authorization ?? '',
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const apiUrl = `https://localhost:${port}/api/v3`;
  return {
    app: { kind: 'github-app', appId: '12', installationId: '34', privateKey, apiUrl },
    asked,
  };
}

function makeApps(clock: Clock, privateHosts: readonly string[] = ['localhost']): GithubApps {
  const resolve = async () => [{ address: '127.0.0.1' }];
  return new GithubApps({
    clock,
    hosts: { privateHosts, resolve, timeoutMs: 1000, remedy: 'name it' },
  });
}

function clockAt(readMs: () => number): Clock {
  return { ...systemClock, wallMs: readMs };
}

test('a token is asked for with a signed statement of the app, and kept until it nearly ends', async (t) => {
  const { app, asked } = await startApi(t);
  let nowMs = NOW_MS;
  const apps = makeApps(clockAt(() => nowMs));

  const token = { ok: true, token: 'installation-token' };
  assert.deepEqual(await apps.token(app, AUTHORITY.cert), token);
  assert.deepEqual(await apps.token(app, AUTHORITY.cert), token);
  assert.deepEqual(
    asked.map(({ path }) => path),
    ['POST /api/v3/app/installations/34/access_tokens'],
  );
  const [, jwt = ''] = (asked[0]?.authorization ?? '').split(' ');
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  assert.deepEqual(JSON.parse(Buffer.from(payload, 'base64url').toString()), {
    iss: '12',
    iat: NOW_MS / 1000 - 60,
    exp: NOW_MS / 1000 + 540,
  });
  const signed = Buffer.from(`${header}.${payload}`);
  const key = createPublicKey(privateKey);
  assert.ok(verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url')));

  nowMs += 56 * 60_000;
  await apps.token(app, AUTHORITY.cert);
  assert.equal(asked.length, 2);
});

test('the token of one key is not given to another', async (t) => {
  const { app, asked } = await startApi(t);
  const apps = makeApps(clockAt(() => NOW_MS));
  await apps.token(app, AUTHORITY.cert);

  const wrong = await apps.token({ ...app, privateKey: 'wrong' }, AUTHORITY.cert);

  assert.equal(wrong.ok, false);
  assert.equal(asked.length, 1);
});

test('answers that are no token are reasons without a part of them', async (t) => {
  for (const answer of [
    { status: 401, body: { message: 'secret' } },
    { status: 201, body: { token: 'a\nb', expires_at: '2026-11-01T13:00:00Z' } },
    { status: 201, body: { token: 'secret', expires_at: 'soon' } },
    { status: 201, body: 'secret' },
  ]) {
    const { app } = await startApi(t, answer);
    const token = await makeApps(clockAt(() => NOW_MS)).token(app, AUTHORITY.cert);
    assert.equal(token.ok, false);
    assert.match(token.reason, /^GitHub gave no token/u);
    assert.ok(!token.reason.includes('secret'));
  }
});

test('an API with a private address, or whose certificate is not trusted, is not asked', async (t) => {
  const { app, asked } = await startApi(t);

  const refused = await makeApps(systemClock, []).token(app, AUTHORITY.cert);
  const untrusted = await makeApps(systemClock).token(app);

  assert.match(refused.ok ? '' : refused.reason, /private address/u);
  assert.equal(untrusted.ok, false);
  assert.deepEqual(asked, []);
});
