import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { parseDigest } from '../../../src/image/match-digest.ts';
import { readAttachedLayers } from '../../../src/image/read-attached-layers.ts';
import {
  FakeRegistry,
  OCI_INDEX,
  type FakeDescriptor,
  type FakeRegistryOptions,
} from '../../support/images/fake-registry.ts';
import { attach, putImage } from '../../support/images/image-samples.ts';
import { openClient } from '../../support/images/registry-access.ts';

const WANTED = {
  mayHold: (type: string | undefined) => type === undefined || type.startsWith('sig/'),
  isWanted: (mediaType: string) => mediaType.startsWith('sig/'),
};

async function open(t: TestContext, options: FakeRegistryOptions = {}) {
  const registry = await FakeRegistry.start(t, options);
  const image = putImage(registry, 'shop', 'v1');
  const { client } = openClient(t, [registry.host]);
  const digest = parseDigest(image.digest);
  assert.ok(digest !== undefined);
  const scope = { registry: registry.host, repository: 'shop' };
  const read = async () => {
    const { layers, faults } = await readAttachedLayers(client, scope, { digest, wanted: WANTED });
    return {
      layers: layers.map(({ place, bytes }) => `${place}: ${bytes.toString()}`),
      faults: faults.map(
        ({ place, failure }) =>
          `${place}: ${failure.status === 'rejected' ? failure.code : failure.status}`,
      ),
    };
  };
  return { registry, image, read, tag: image.digest.replace(':', '-') };
}

function layer(text: string, mediaType = 'sig/a') {
  return { bytes: Buffer.from(text), mediaType };
}

describe('readAttachedLayers()', () => {
  it('finds nothing beside an image that has nothing', async (t) => {
    const { read } = await open(t);
    assert.deepEqual(await read(), { layers: [], faults: [] });
  });

  it('reads the tags of cosign, artifacts and the fallback tag together', async (t) => {
    const { registry, image, read, tag } = await open(t);
    attach(registry, 'shop', { image, layers: [layer('one'), layer('two')], suffix: 'sig' });
    attach(registry, 'shop', { image, layers: [layer('three')], suffix: 'att' });
    const listed = attach(registry, 'shop', {
      image,
      layers: [layer('four')],
      artifactType: 'sig/a',
    });
    const unlisted = attach(registry, 'shop', { image, layers: [layer('five')], listed: false });
    const manifests = [listed, unlisted];
    registry.putManifest('shop', { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, tag);

    assert.deepEqual(await read(), {
      layers: [
        `tag ${tag}.sig, layer 1: one`,
        `tag ${tag}.sig, layer 2: two`,
        `tag ${tag}.att, layer 1: three`,
        `referrer ${listed.digest}, layer 1: four`,
        `referrer ${unlisted.digest}, layer 1: five`,
      ],
      faults: [],
    });
  });

  it('reads the fallback tag where the registry has no list', async (t) => {
    const { registry, image, read, tag } = await open(t, { hasReferrers: false });
    const one = attach(registry, 'shop', { image, layers: [layer('one')], listed: false });
    const empty = { ...one, artifactType: undefined };
    registry.putManifest(
      'shop',
      { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [empty] },
      tag,
    );
    assert.deepEqual((await read()).layers, [`referrer ${one.digest}, layer 1: one`]);
  });

  it('fetches neither artifacts nor layers of other types, and counts none of them', async (t) => {
    const { registry, image, read } = await open(t);
    for (let index = 0; index < 70; index += 1) {
      attach(registry, 'shop', {
        image,
        layers: [layer(`${index}`, 'sbom')],
        artifactType: 'sbom',
      });
    }
    const layers = [layer('packages', 'sbom'), layer('one')];
    const one = attach(registry, 'shop', { image, layers, artifactType: 'sig/a' });
    const before = registry.requests.length;

    assert.deepEqual(await read(), {
      layers: [`referrer ${one.digest}, layer 2: one`],
      faults: [],
    });
    // The list, three tags, one artifact and one layer.
    assert.equal(registry.requests.length - before, 6);
  });

  it('says that it leaves out artifacts and layers beyond the limits', async (t) => {
    const { registry, image, read } = await open(t);
    const layers = [layer('a'), layer('b'), layer('c')];
    for (let index = 0; index < 65; index += 1) {
      attach(registry, 'shop', { image, layers, artifactType: `sig/${index}` });
    }
    const { layers: found, faults } = await read();
    assert.equal(found.length, 128);
    assert.deepEqual(faults, ['artifacts: image_limit_exceeded', 'layers: image_limit_exceeded']);
  });

  it('reads no more bytes than the limit, and what is small behind what is large', async (t) => {
    const { registry, image, read } = await open(t);
    const MIB = 1024 * 1024;
    const large = Array.from({ length: 9 }, (_, index) => ({
      bytes: Buffer.alloc(4 * MIB - 1, index),
      mediaType: 'sig/a',
    }));
    attach(registry, 'shop', { image, layers: [...large, layer('small')], suffix: 'sig' });
    const { layers, faults } = await read();
    assert.equal(layers.length, 9);
    assert.match(layers[8] ?? '', /, layer 10: small$/u);
    assert.deepEqual(faults, ['layers: image_limit_exceeded']);
  });

  it('says what it could not read, and reads the rest', async (t) => {
    const lost: FakeDescriptor[] = [];
    const { registry, image, read, tag } = await open(t, {
      intercept: ({ url = '' }) => {
        if (url.endsWith('.att')) return { status: 500 };
        if (url.includes('/referrers/')) return { status: 200, body: '<html>' };
        return lost.some(({ digest }) => url.endsWith(digest)) ? { status: 404 } : undefined;
      },
    });
    attach(registry, 'shop', { image, layers: [layer('one'), layer('two')], suffix: 'sig' });
    const gone = attach(registry, 'shop', { image, layers: [layer('three')], listed: false });
    const manifests = [gone];
    registry.putManifest('shop', { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, tag);
    lost.push(gone, registry.putBlob('shop', Buffer.from('two'), 'sig/a'));

    assert.deepEqual(await read(), {
      layers: [`tag ${tag}.sig, layer 1: one`],
      faults: [
        'referrers: image_registry_lied',
        `tag ${tag}.att: unavailable`,
        `referrer ${gone.digest}: image_absent`,
        `tag ${tag}.sig, layer 2: image_absent`,
      ],
    });
  });

  it('refuses a fallback tag that is no index', async (t) => {
    const { registry, image, read, tag } = await open(t);
    registry.putManifest('shop', { schemaVersion: 2, layers: [], subject: image }, tag);
    assert.deepEqual((await read()).faults, [`tag ${tag}: image_registry_lied`]);
  });
});
