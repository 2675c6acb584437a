import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import {
  PublishedBundle,
  type Publication,
} from '../../../../../src/authoring/gatekeeper/cluster/published-bundle.ts';
import { systemClock } from '../../../../../src/base/clock.ts';
import type { SigningKey } from '../../../../../src/base/json-web-signature.ts';
import type { BundleFiles } from '../../../../../src/policy/bundle/bundle-files.ts';
import { readBundleFiles } from '../../../../../src/policy/bundle/read-bundle-files.ts';
import { makeBundleKey } from '../../../../support/bundle-keys.ts';
import { startFakeApiServer } from '../../../../support/fake-api-server.ts';
import { connectToFake } from '../../../../support/fake-client.ts';
import { keepConfigMap } from '../../../../support/gatekeeper/config-map-store.ts';
import { bundleFolder } from '../../../../support/policy-bundles.ts';

async function start(t: TestContext, key?: SigningKey) {
  const server = await startFakeApiServer();
  const client = await connectToFake(server);
  t.after(async () => {
    client.close();
    await server.stop();
  });
  const signs = key ?? (await makeBundleKey());
  const options = { client, clock: systemClock, namespace: 'holdfast-system', key: signs };
  return {
    server,
    store: keepConfigMap(server),
    published: new PublishedBundle({ ...options, scope: undefined }),
    inScope: new PublishedBundle({ ...options, scope: 'other' }),
  };
}

async function bundle(): Promise<BundleFiles> {
  const files = await readBundleFiles(await bundleFolder());
  assert.ok(files.ok);
  return files.value;
}

/** Without a ConfigMap, and from no documents, if nothing else is said. */
async function write(published: PublishedBundle, given: Partial<Publication> = {}) {
  const nothing = { documents: [], resourceVersion: undefined };
  const { files = await bundle(), documents, resourceVersion } = { ...nothing, ...given };
  return published.write({ files, documents, resourceVersion });
}

async function manifestOf(published: PublishedBundle) {
  const read = await published.read();
  assert.ok(read.status === 'read', JSON.stringify(read));
  return read;
}

describe('PublishedBundle', () => {
  it('writes a signed bundle, and reads its own', async (t) => {
    const { published, store } = await start(t);
    assert.deepEqual(await published.read(), {
      status: 'read',
      manifest: undefined,
      documents: new Map(),
      resourceVersion: undefined,
    });

    assert.equal(await write(published), undefined);
    const first = await manifestOf(published);
    const documents = [{ file: 'ConstraintTemplate/a', value: { metadata: { name: 'a' } } }];
    assert.equal(await write(published, { ...first, documents }), undefined);

    const second = await manifestOf(published);
    assert.equal(second.manifest?.revision, first.manifest?.revision);
    assert.deepEqual([...first.documents.values()], []);
    assert.deepEqual([...second.documents.values()], documents);
    assert.notEqual(second.manifest, undefined);
    assert.equal(store.writes(), 2);
  });

  it('writes only over what it has read', async (t) => {
    const { published } = await start(t);
    await write(published);

    for (const resourceVersion of [undefined, '99']) {
      assert.match((await write(published, { resourceVersion })) ?? '', /answered 409/u);
    }
  });

  it('takes for its own nothing that it has not signed, for this scope', async (t) => {
    const { published, inScope, store } = await start(t);
    await write(published);
    const ours = store.binaryData();
    assert.equal((await manifestOf(inScope)).manifest, undefined);
    const stranger = await start(t);
    await write(stranger.published);

    const foreign = [stranger.store.binaryData(), { 'bundle.tar.gz': 'AAAA' }, { other: '' }];
    for (const binaryData of foreign) {
      store.replace(binaryData);
      assert.equal((await manifestOf(published)).manifest, undefined);
    }
    store.replace(ours);
    assert.notEqual((await manifestOf(published)).manifest, undefined);
  });

  it('says why nothing can be read', async (t) => {
    const { server, published } = await start(t);
    const path = '/api/v1/namespaces/holdfast-system/configmaps/holdfast-gatekeeper';

    server.answer(path, { status: 403, body: {} });
    assert.match(JSON.stringify(await published.read()), /"unavailable".*answered 403/u);
    server.answer(path, { body: { metadata: {} } });
    assert.match(JSON.stringify(await published.read()), /"unavailable".*is no ConfigMap/u);
  });

  it('says what to do with a bundle that no ConfigMap holds, and with one that cannot be signed', async (t) => {
    const { published, store } = await start(t);
    const large = new Map([...(await bundle()), ['large.rego', randomBytes(2 ** 21)]]);

    assert.match(
      (await write(published, { files: large })) ?? '',
      /a ConfigMap holds 1048576: .*--from-cluster/u,
    );
    const ambiguous = new Map([['data.json', Buffer.from('{"a":1,"a":2}')]]);
    assert.match((await write(published, { files: ambiguous })) ?? '', /written twice/u);
    assert.equal(store.writes(), 0);
  });
});
