import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { imageUnavailable, type ImageFailure } from '../../../../src/image/image-failure.ts';
import { digestOf } from '../../../../src/image/match-digest.ts';
import type { RegistryCredential } from '../../../../src/image/registry/parse-docker-config.ts';
import { CloudCredentials } from '../../../../src/image/registry/providers/cloud-credentials.ts';
import type { TokenReading } from '../../../../src/image/registry/providers/token-cache.ts';
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
type Password = Extract<RegistryCredential, { readonly kind: 'password' }>;
const PASSWORD: Password = { kind: 'password', ...ADA };

/** A cloud that gives `ADA` for this registry, for so long. */
function cloudFor(
  registry: FakeRegistry,
  { clock }: SimulatedTime,
  reading: TokenReading<Password> | ImageFailure = {
    status: 'read',
    value: PASSWORD,
    lifeMs: 600_000,
  },
) {
  const asked: string[] = [];
  const cloud = new CloudCredentials({
    providers: [
      {
        provider: {
          name: 'gcp',
          scopeOf: (host) => (host === registry.host ? 'gcp' : undefined),
          ask: (host) => {
            asked.push(host);
            return Promise.resolve(reading);
          },
        },
      },
    ],
    clock,
  });
  return { cloud, asked };
}

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

describe('RegistryAuthorizer with a cloud', () => {
  async function openCloud(
    t: TestContext,
    authentication: RegistryAuthentication,
    {
      reading,
      credential,
    }: {
      readonly reading?: TokenReading<Password> | ImageFailure;
      readonly credential?: RegistryCredential;
    } = {},
  ) {
    const time = new SimulatedTime();
    const registry = await FakeRegistry.start(t, { tls, authentication });
    for (const name of ['shop', 'other']) putImage(registry, name, 'v1');
    const { cloud, asked } = cloudFor(registry, time, reading);
    const credentials = new Map(credential === undefined ? [] : [[registry.host, credential]]);
    const options = { tls: { ca: tls.cert }, credentials, cloud, clock: time.clock };
    const { client } = openClient(t, [registry.host], options);
    const read = async (repository = 'shop') =>
      await client.readManifest({ registry: registry.host, repository }, 'v1');
    return { registry, time, asked, read };
  }

  it('reads with the credential of the cloud, and asks for it once it is needed', async (t) => {
    for (const authentication of [
      { kind: 'basic', ...ADA } as const,
      { kind: 'bearer', credential: ADA } as const,
    ]) {
      const { read, asked, registry } = await openCloud(t, authentication);
      assert.equal((await read()).status, 'read');
      assert.equal((await read('other')).status, 'read');
      assert.deepEqual(asked, [registry.host]);
    }
    const isPublic = await openCloud(t, { kind: 'basic', ...ADA });
    assert.deepEqual(isPublic.asked, []);
  });

  it('asks no cloud where there is a credential, not even for one that is refused', async (t) => {
    const wrong: RegistryCredential = { kind: 'password', username: 'ada', password: 'wrong' };
    const { read, asked } = await openCloud(
      t,
      { kind: 'bearer', credential: ADA },
      { credential: wrong },
    );
    assert.partialDeepStrictEqual(await read(), { code: 'image_access_denied' });
    assert.deepEqual(asked, []);
  });

  it('asks nothing anonymously where the cloud has no credential now', async (t) => {
    const reading = imageUnavailable('The provider gcp has no credential: x; y');
    const { read, registry } = await openCloud(t, { kind: 'bearer' }, { reading });
    assert.deepEqual(await read(), reading);
    assert.deepEqual(
      registry.requests.map(({ path }) => path),
      ['/v2/shop/manifests/v1'],
    );
  });

  it('keeps a password no longer than the cloud says', async (t) => {
    const { read, asked, time } = await openCloud(t, { kind: 'basic', ...ADA });
    await read();
    await time.pass(539_999);
    await read();
    assert.equal(asked.length, 1);
    await time.pass(1);
    await read();
    assert.equal(asked.length, 2);
  });

  it('keeps a password no longer than an hour, whatever the cloud says', async (t) => {
    const reading = { status: 'read', value: PASSWORD, lifeMs: Infinity } as const;
    const { read, asked, time } = await openCloud(t, { kind: 'basic', ...ADA }, { reading });
    await read();
    await time.pass(3_600_000);
    await read();
    assert.equal(asked.length, 2);
  });

  it('says whose identity the registry refuses', async (t) => {
    const value: Password = { ...PASSWORD, password: 'wrong' };
    const reading = { status: 'read', value, lifeMs: 600_000 } as const;
    const { read, registry } = await openCloud(t, { kind: 'bearer', credential: ADA }, { reading });
    assert.deepEqual(await read(), {
      status: 'rejected',
      code: 'image_access_denied',
      reason: `${registry.host} gives no token for the identity of the provider gcp (status 401)`,
    });
  });

  it('sends a credential of a cloud to no other host than the registry', async (t) => {
    const time = new SimulatedTime();
    const thief = await FakeRegistry.start(t, { tls });
    const registry = await FakeRegistry.start(t, {
      tls,
      intercept: () => ({
        status: 401,
        headers: { 'www-authenticate': `Bearer realm="${thief.origin}/token",service="fake"` },
      }),
    });
    const { cloud } = cloudFor(registry, time);
    const hosts = [registry.host, thief.host];
    const { client } = openClient(t, hosts, { cloud, tls: { ca: tls.cert }, clock: time.clock });
    const scope = { registry: registry.host, repository: 'shop' };
    assert.deepEqual(await client.readManifest(scope, 'v1'), {
      status: 'rejected',
      code: 'image_registry_refused',
      reason: `${registry.host} asks for the credential of its cloud to be sent to ${thief.host}, which is another host`,
    });
    assert.deepEqual(thief.requests, []);
  });

  it('sends a credential of a cloud by http to nobody', async (t) => {
    for (const authentication of [
      { kind: 'basic', ...ADA } as const,
      { kind: 'bearer', credential: ADA } as const,
    ]) {
      const time = new SimulatedTime();
      const registry = await FakeRegistry.start(t, { authentication });
      putImage(registry, 'shop', 'v1');
      const { cloud } = cloudFor(registry, time);
      const { client } = openClient(t, [registry.host], { cloud, clock: time.clock });
      const scope = { registry: registry.host, repository: 'shop' };
      assert.partialDeepStrictEqual(await client.readManifest(scope, 'v1'), {
        code: 'image_access_denied',
      });
      assert.ok(registry.requests.every(({ headers }) => headers.authorization === undefined));
    }
  });
});
