import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { parseDigest, type Digest } from '../../../../src/image/match-digest.ts';
import {
  FakeRegistry,
  OCI_INDEX,
  OCI_MANIFEST,
  type FakeDescriptor,
  type FakeRegistryOptions,
} from '../../../support/images/fake-registry.ts';
import { attach, putImage } from '../../../support/images/image-samples.ts';
import { openClient } from '../../../support/images/registry-access.ts';

async function open(t: TestContext, options: FakeRegistryOptions = {}) {
  const registry = await FakeRegistry.start(t, options);
  const image = putImage(registry, 'team/shop', 'v1');
  const { client } = openClient(t, [registry.host]);
  return { registry, client, image, scope: { registry: registry.host, repository: 'team/shop' } };
}

function digestIn({ digest }: Pick<FakeDescriptor, 'digest'>): Digest {
  const parsed = parseDigest(digest);
  assert.ok(parsed !== undefined);
  return parsed;
}

function codeOf(reading: { readonly status: string; readonly code?: string }): string {
  return reading.code ?? reading.status;
}

describe('RegistryClient.readManifest()', () => {
  it('reads by tag and by digest', async (t) => {
    const { client, scope, image } = await open(t);
    for (const wanted of ['v1', digestIn(image)]) {
      const reading = await client.readManifest(scope, wanted);
      assert.ok(reading.status === 'read');
      assert.equal(reading.digest.text, image.digest);
      assert.equal(reading.manifest.kind, 'image');
      assert.equal(reading.bytes.length, image.size);
    }
  });

  it('refuses bytes of another digest, by tag and by digest', async (t) => {
    const bytes = '{"schemaVersion":2,"layers":[]}';
    const lying = await open(t, {
      intercept: () => ({
        status: 200,
        headers: {
          'content-type': OCI_MANIFEST,
          'docker-content-digest': `sha256:${'0'.repeat(64)}`,
        },
        body: bytes,
      }),
    });
    for (const wanted of ['v1', digestIn(lying.image)]) {
      assert.equal(
        codeOf(await lying.client.readManifest(lying.scope, wanted)),
        'image_registry_lied',
      );
    }
  });

  it('takes the digest by SHA-512 where the registry has that', async (t) => {
    const body = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, layers: [] });
    const text = `sha512:${createHash('sha512').update(body).digest('hex')}`;
    const headers = { 'content-type': OCI_MANIFEST, 'docker-content-digest': text };
    const { client, scope } = await open(t, { intercept: () => ({ status: 200, headers, body }) });
    const reading = await client.readManifest(scope, 'v1');
    assert.equal(reading.status === 'read' && reading.digest.text, text);
  });

  it('refuses what is no manifest', async (t) => {
    const { client, scope } = await open(t, { intercept: () => ({ status: 200, body: '<html>' }) });
    assert.equal(codeOf(await client.readManifest(scope, 'v1')), 'image_registry_lied');
  });

  it('tells absent, forbidden and failing apart', async (t) => {
    const { client, scope } = await open(t);
    assert.deepEqual(await client.readManifest(scope, 'v2'), {
      status: 'rejected',
      code: 'image_absent',
      reason: 'The registry has no team/shop v2',
    });
    for (const [status, code] of [
      [403, 'image_access_denied'],
      [418, 'unavailable'],
      [500, 'unavailable'],
      [429, 'unavailable'],
    ] as const) {
      const other = await open(t, { intercept: () => ({ status }) });
      assert.equal(codeOf(await other.client.readManifest(other.scope, 'v1')), code);
    }
  });
});

describe('RegistryClient.readBlob()', () => {
  const bytes = Buffer.from('a blob');
  const wanted = (registry: FakeRegistry) => {
    const put = registry.putBlob('team/shop', bytes, 'text/plain');
    return { ...put, digest: digestIn(put), annotations: {} };
  };

  it('reads the bytes of the digest', async (t) => {
    const { client, scope, registry } = await open(t);
    const reading = await client.readBlob(scope, wanted(registry));
    assert.deepEqual(reading.status === 'read' && Buffer.from(reading.bytes), bytes);
  });

  it('reads from where the registry redirects to, and compares those bytes too', async (t) => {
    for (const [body, code] of [
      ['a blob', 'read'],
      ['b blob', 'image_registry_lied'],
    ] as const) {
      const store = await FakeRegistry.start(t, { intercept: () => ({ status: 200, body }) });
      const registry = await FakeRegistry.start(t, {
        intercept: () => ({ status: 307, headers: { location: `${store.origin}/blob` } }),
      });
      const { client } = openClient(t, [registry.host, store.host]);
      const scope = { registry: registry.host, repository: 'team/shop' };
      assert.equal(codeOf(await client.readBlob(scope, wanted(registry))), code);
    }
  });

  it('refuses other bytes, fewer and more', async (t) => {
    for (const body of ['b blob', 'a blo', 'a blob ']) {
      const { client, scope, registry } = await open(t, {
        intercept: () => ({ status: 200, body }),
      });
      assert.equal(codeOf(await client.readBlob(scope, wanted(registry))), 'image_registry_lied');
    }
  });

  it('asks for none that is too large, and says that one is absent', async (t) => {
    const { client, scope, registry, image } = await open(t);
    const digest = digestIn(image);
    const large = { mediaType: '', digest, size: 5 * 1024 * 1024, annotations: {} };
    assert.equal(codeOf(await client.readBlob(scope, large)), 'image_limit_exceeded');
    assert.deepEqual(registry.requests, []);
    assert.equal(codeOf(await client.readBlob(scope, { ...large, size: 1 })), 'image_absent');
  });
});

describe('RegistryClient.listReferrers()', () => {
  const layers = [{ bytes: Buffer.from('x'), mediaType: 'text/plain' }];

  it('reads all pages', async (t) => {
    const { client, scope, registry, image } = await open(t, { pageSize: 2 });
    const types = ['a/a', 'a/b', 'a/c', 'a/d', 'a/e'];
    for (const artifactType of types) {
      attach(registry, 'team/shop', { image, layers, artifactType });
    }

    const reading = await client.listReferrers(scope, digestIn(image));

    assert.ok(reading.status === 'read');
    assert.deepEqual(
      reading.descriptors?.map(({ artifactType }) => artifactType),
      types,
    );
    assert.equal(reading.isCut, false);
    assert.equal(registry.requests.length, 3);
  });

  it('says that there are more pages than it reads', async (t) => {
    const { client, scope, registry, image } = await open(t, { pageSize: 1 });
    for (let index = 0; index < 18; index += 1) {
      attach(registry, 'team/shop', { image, layers, artifactType: `a/a${index}` });
    }
    const reading = await client.listReferrers(scope, digestIn(image));
    assert.ok(reading.status === 'read');
    assert.deepEqual([reading.descriptors?.length, reading.isCut], [16, true]);
  });

  it('knows registries without a list', async (t) => {
    const without = await open(t, { hasReferrers: false });
    const digest = digestIn(without.image);
    const none = { status: 'read', descriptors: undefined, isCut: false };
    assert.deepEqual(await without.client.listReferrers(without.scope, digest), none);
    for (const status of [400, 405]) {
      const other = await open(t, { intercept: () => ({ status }) });
      assert.deepEqual(await other.client.listReferrers(other.scope, digest), none);
    }
  });

  it('does not continue in another place', async (t) => {
    const body = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
    const places = [
      'https://evil.example.com/',
      '/v2/other/referrers/sha256:0',
      '//evil.example.com/v2/',
      'http://',
    ];
    for (const place of places) {
      const headers = { 'content-type': OCI_INDEX, link: `<${place}>; rel="next"` };
      const { client, scope, image } = await open(t, {
        intercept: () => ({ status: 200, headers, body }),
      });
      const reading = await client.listReferrers(scope, digestIn(image));
      assert.equal(codeOf(reading), 'image_registry_lied', place);
    }
  });

  it('refuses an answer that is no list', async (t) => {
    for (const body of ['{}', '<html>', JSON.stringify({ schemaVersion: 2, layers: [] })]) {
      const { client, scope, image } = await open(t, { intercept: () => ({ status: 200, body }) });
      const reading = await client.listReferrers(scope, digestIn(image));
      assert.equal(codeOf(reading), 'image_registry_lied', body);
    }
  });

  it('passes on that the registry fails or forbids', async (t) => {
    for (const [status, code] of [
      [500, 'unavailable'],
      [403, 'image_access_denied'],
    ] as const) {
      const { client, scope, image } = await open(t, { intercept: () => ({ status }) });
      assert.equal(codeOf(await client.listReferrers(scope, digestIn(image))), code);
    }
  });
});
