import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { parseDigest } from '../../../../src/image/match-digest.ts';
import { pullBundle } from '../../../../src/policy/registry/pull-bundle.ts';
import { putArtifact } from '../../../support/images/bundle-artifact.ts';
import {
  FakeRegistry,
  OCI_INDEX,
  OCI_MANIFEST,
  type FakeRegistryOptions,
} from '../../../support/images/fake-registry.ts';
import { openClient } from '../../../support/images/registry-access.ts';

const ARCHIVE = Buffer.from('what nobody has verified');

async function stage(t: TestContext, options: FakeRegistryOptions = {}) {
  const registry = await FakeRegistry.start(t, options);
  const { digest } = putArtifact(registry, 'policies', { archive: ARCHIVE });
  const { client } = openClient(t, [registry.host]);
  const scope = { registry: registry.host, repository: 'policies' };
  const pull = async (
    wanted: string,
    { etag, timeoutMs = 20_000 }: { readonly etag?: string; readonly timeoutMs?: number } = {},
  ) =>
    await pullBundle(client, { scope, wanted: parseDigest(wanted) ?? wanted }, { etag, timeoutMs });
  return { registry, digest, pull, paths: () => registry.requests.map(({ path }) => path) };
}

describe('pullBundle()', () => {
  it('reads the one layer, by tag and by digest, and says which manifest it is of', async (t) => {
    const { pull, digest } = await stage(t);
    const read = { status: 'read', bytes: ARCHIVE, etag: digest };
    assert.deepEqual(await pull('prod'), read);
    assert.deepEqual(await pull(digest), read);
  });

  it('asks for no archive whose digest is there already, and for nothing that is pinned', async (t) => {
    const { pull, digest, paths } = await stage(t);

    assert.deepEqual(await pull('prod', { etag: digest }), { status: 'unchanged' });
    assert.deepEqual(paths(), ['/v2/policies/manifests/prod']);
    assert.deepEqual(await pull(digest, { etag: digest }), { status: 'unchanged' });
    assert.equal(paths().length, 1);
  });

  it('refuses what is no bundle, before its layer is asked for', async (t) => {
    const { registry, pull, paths } = await stage(t);
    const index = registry.putManifest(
      'policies',
      { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] },
      'index',
    );
    putArtifact(registry, 'policies', { archive: ARCHIVE, tag: 'two', layers: 2 });

    assert.deepEqual(await pull('index'), {
      status: 'refused',
      reason:
        'it is no bundle: it is an index of several manifests: name the one with the bundle by its digest',
      etag: index.digest,
    });
    const two = await pull('two');
    assert.equal(
      two.status === 'refused' && two.reason,
      'it is no bundle: it has 2 layers, wanted one',
    );
    assert.deepEqual(
      paths().filter((path) => path.includes('/blobs/')),
      [],
    );
  });

  it('fails where the registry gives other bytes than the digest names', async (t) => {
    const lies: readonly FakeRegistryOptions[] = [
      {
        intercept: ({ url = '' }) =>
          url.includes('/blobs/') ? { status: 200, body: 'x'.repeat(ARCHIVE.length) } : undefined,
      },
      {
        intercept: () => ({
          status: 200,
          headers: {
            'content-type': OCI_MANIFEST,
            'docker-content-digest': `sha256:${'0'.repeat(64)}`,
          },
          body: '{"schemaVersion":2,"layers":[]}',
        }),
      },
    ];
    for (const options of lies) {
      const { pull } = await stage(t, options);
      const fetched = await pull('prod');
      assert.equal(fetched.status, 'failed');
      assert.match(
        fetched.reason,
        /answers for .* with (?:other bytes|a manifest of another digest)$/u,
      );
    }
  });

  it('fails where there is nothing, and waits as long as the registry asks', async (t) => {
    const { pull, registry } = await stage(t);
    assert.deepEqual(await pull('other'), {
      status: 'failed',
      reason: 'The registry has no policies other',
    });
    const busy = await stage(t, {
      intercept: () => ({ status: 503, headers: { 'retry-after': '7' } }),
    });
    assert.deepEqual(await busy.pull('prod'), {
      status: 'failed',
      reason: `${busy.registry.host} answered with status 503`,
      retryAfterMs: 7000,
    });
    assert.notEqual(registry.host, busy.registry.host);
  });

  it('reads no manifest that is larger than one of a bundle, and waits for none that never ends', async (t) => {
    const large = await stage(t, { intercept: () => ({ status: 200, body: ' '.repeat(70_000) }) });
    const slow = await stage(t, { intercept: () => 'hang' });

    const fetched = [await large.pull('prod'), await slow.pull('prod', { timeoutMs: 200 })];

    assert.deepEqual(
      fetched.map((one) => one.status === 'failed' && one.reason),
      [
        `${large.registry.host}: The answer cannot be used: it is larger than 65536 bytes`,
        `${slow.registry.host}: There was no answer within 200 ms`,
      ],
    );
  });

  it('reads an archive of more than the 4 MiB that a layer beside an image may have', async (t) => {
    const { registry, pull } = await stage(t);
    const archive = Buffer.alloc(5 * 1024 * 1024, 7);
    putArtifact(registry, 'policies', { archive, tag: 'large' });
    const fetched = await pull('large');
    assert.equal(fetched.status === 'read' && fetched.bytes.length, archive.length);
  });
});
