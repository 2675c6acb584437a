import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '../../../../src/image/match-digest.ts';
import type { RegistryCredential } from '../../../../src/image/registry/parse-docker-config.ts';
import { parseChallenges } from '../../../../src/image/registry/parse-challenges.ts';
import { issueTestCertificate } from '../../../support/certificates.ts';
import {
  FakeRegistry,
  type RegistryAuthentication,
} from '../../../support/images/fake-registry.ts';
import { putImage } from '../../../support/images/image-samples.ts';
import { openClient } from '../../../support/images/registry-access.ts';
import { SimulatedTime } from '../../../support/simulated-time.ts';
import type { TestContext } from 'node:test';

const tls = issueTestCertificate({ commonNames: ['localhost'], purpose: 'server' });
const ADA = { username: 'ada', password: 'secret' };
const PASSWORD: RegistryCredential = { kind: 'password', ...ADA };

async function open(
  t: TestContext,
  authentication: RegistryAuthentication,
  credential?: RegistryCredential,
) {
  const time = new SimulatedTime();
  const registry = await FakeRegistry.start(t, { tls, authentication });
  for (const name of ['shop', 'other']) putImage(registry, name, 'v1');
  const credentials = new Map(credential === undefined ? [] : [[registry.host, credential]]);
  const options = { tls: { ca: tls.cert }, credentials, clock: time.clock };
  const parts = openClient(t, [registry.host], options);
  const read = async (repository = 'shop') => {
    const reading = await parts.client.readManifest({ registry: registry.host, repository }, 'v1');
    return reading.status === 'rejected' ? reading.code : reading.status;
  };
  const countTokens = () =>
    registry.requests.filter(({ path }) => path.startsWith('/token')).length;
  return { ...parts, registry, time, read, countTokens };
}

describe('RegistryAuthorizer', () => {
  it('answers with a password, once it is asked', async (t) => {
    const { registry, read } = await open(t, { kind: 'basic', ...ADA }, PASSWORD);

    assert.equal(await read(), 'read');
    assert.equal(await read(), 'read');

    const sent = registry.requests.map(({ headers }) => headers.authorization !== undefined);
    assert.deepEqual(sent, [false, true, true]);
  });

  it('has no access without a password, or with a wrong one', async (t) => {
    const without = await open(t, { kind: 'basic', ...ADA });
    assert.equal(await without.read(), 'image_access_denied');
    const wrong: RegistryCredential = { kind: 'password', username: 'ada', password: 'wrong' };
    assert.equal(
      await (await open(t, { kind: 'basic', ...ADA }, wrong)).read(),
      'image_access_denied',
    );
    const token: RegistryCredential = { kind: 'identity-token', token: 'refresh' };
    assert.equal(
      await (await open(t, { kind: 'basic', ...ADA }, token)).read(),
      'image_access_denied',
    );
  });

  it('gets a token without a credential, with a password, and with a refresh token', async (t) => {
    assert.equal(await (await open(t, { kind: 'bearer' })).read(), 'read');
    assert.equal(
      await (await open(t, { kind: 'bearer', credential: ADA }, PASSWORD)).read(),
      'read',
    );
    const refresh: RegistryCredential = { kind: 'identity-token', token: 'refresh' };
    const oauth = await open(t, { kind: 'bearer', refreshToken: 'refresh' }, refresh);
    assert.equal(await oauth.read(), 'read');
    const post = oauth.registry.requests.find(({ method }) => method === 'POST');
    assert.equal(
      post?.body,
      'service=fake&scope=repository%3Ashop%3Apull&grant_type=refresh_token&client_id=holdfast&refresh_token=refresh',
    );
  });

  it('asks for reading alone, whatever the challenge names', async (t) => {
    const { registry, read } = await open(t, { kind: 'bearer' });
    await read();
    const asked = registry.requests.find(({ path }) => path.startsWith('/token'));
    assert.equal(asked?.path, '/token?service=fake&scope=repository%3Ashop%3Apull');
  });

  it('keeps a token for its repository until shortly before it ends', async (t) => {
    const { read, countTokens, time } = await open(t, { kind: 'bearer', expiresInSeconds: 100 });
    await read();
    await read();
    assert.equal(countTokens(), 1);
    await read('other');
    assert.equal(countTokens(), 2);
    let isOver = false;
    void time.wait(90_000, new AbortController().signal).then(() => (isOver = true));
    await time.passUntil(() => isOver);
    await read();
    assert.equal(countTokens(), 3);
  });

  it('asks once for all requests at the same time', async (t) => {
    const { authorizer, registry, countTokens } = await open(t, { kind: 'bearer' });
    const scope = { registry: registry.host, repository: 'shop' };
    const challenges = parseChallenges(`Bearer realm="${registry.origin}/token",service="fake"`);

    const answers = await Promise.all([1, 2, 3].map(() => authorizer.answer(challenges, scope)));

    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set(['authorized']));
    assert.equal(countTokens(), 1);
  });

  it('has no access where no token is given', async (t) => {
    assert.equal(
      await (await open(t, { kind: 'bearer', credential: ADA })).read(),
      'image_access_denied',
    );
    const refresh: RegistryCredential = { kind: 'identity-token', token: 'wrong' };
    const denied = await open(t, { kind: 'bearer', refreshToken: 'refresh' }, refresh);
    assert.equal(await denied.read(), 'image_access_denied');
  });

  it('gives a credential only to its own registry', async (t) => {
    const { registry, read } = await open(t, { kind: 'basic', ...ADA });
    const other = await open(t, { kind: 'basic', ...ADA }, PASSWORD);
    const { host } = registry;
    const reading = await other.client.readManifest({ registry: host, repository: 'shop' }, 'v1');
    assert.notEqual(reading.status, 'read');
    assert.equal(await read(), 'image_access_denied');
    assert.ok(registry.requests.every(({ headers }) => headers.authorization === undefined));
  });

  it('sends no credential by http, neither to the registry nor for a token', async (t) => {
    for (const authentication of [
      { kind: 'basic', ...ADA } as const,
      { kind: 'bearer', credential: ADA } as const,
    ]) {
      const registry = await FakeRegistry.start(t, { authentication });
      putImage(registry, 'shop', 'v1');
      const credentials = new Map([[registry.host, PASSWORD]]);
      const { client } = openClient(t, [registry.host], { credentials });

      const scope = { registry: registry.host, repository: 'shop' };
      assert.deepEqual(await client.readManifest(scope, 'v1'), {
        status: 'rejected',
        code: 'image_access_denied',
        reason: `A credential is not sent to ${registry.host} by http: use https`,
      });
      assert.ok(registry.requests.every(({ headers }) => headers.authorization === undefined));
    }
  });

  it('answers no challenge of whom the registry redirects to', async (t) => {
    const thief = await FakeRegistry.start(t, { tls, authentication: { kind: 'basic', ...ADA } });
    const registry = await FakeRegistry.start(t, {
      tls,
      intercept: () => ({
        status: 307,
        headers: { location: `${thief.origin}/v2/shop/manifests/v1` },
      }),
    });
    const credentials = new Map([
      [registry.host, PASSWORD],
      [thief.host, PASSWORD],
    ]);
    const hosts = [registry.host, thief.host];
    const { client } = openClient(t, hosts, { credentials, tls: { ca: tls.cert } });

    const scope = { registry: registry.host, repository: 'shop' };
    const reading = await client.readManifest(scope, digestOf(Buffer.from('x')));

    assert.equal(reading.status === 'rejected' && reading.code, 'image_access_denied');
    assert.ok(thief.requests.every(({ headers }) => headers.authorization === undefined));
  });

  it('reads no token from an answer that holds none', async (t) => {
    for (const body of ['', '{}', '{"token":""}', '{"token":"a\\nb"}', '{"token":1}', '[]']) {
      const registry = await FakeRegistry.start(t, {
        intercept: ({ url = '' }, host) =>
          url.startsWith('/token')
            ? { status: 200, body }
            : {
                status: 401,
                headers: { 'www-authenticate': `Bearer realm="http://${host}/token"` },
              },
      });
      const { client } = openClient(t, [registry.host]);
      const scope = { registry: registry.host, repository: 'shop' };
      assert.equal((await client.readManifest(scope, 'v1')).status, 'unavailable', body);
    }
  });

  it('has no access where the challenge is of another kind, or names no place', async (t) => {
    for (const challenge of ['Negotiate', 'Bearer realm="nowhere"', 'Bearer service="x"', '']) {
      const headers = { 'www-authenticate': challenge };
      const registry = await FakeRegistry.start(t, { intercept: () => ({ status: 401, headers }) });
      const { client } = openClient(t, [registry.host]);
      const scope = { registry: registry.host, repository: 'shop' };
      const reading = await client.readManifest(scope, 'v1');
      assert.equal(reading.status === 'rejected' && reading.code, 'image_access_denied', challenge);
    }
  });
});
