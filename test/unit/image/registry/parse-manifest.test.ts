import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '../../../../src/image/match-digest.ts';
import { parseManifest } from '../../../../src/image/registry/parse-manifest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../../support/images/fake-registry.ts';

const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const digest = digestOf(Buffer.from('layer'));
const layer = { mediaType: 'application/octet-stream', digest: digest.text, size: 5 };
const config = { ...layer, mediaType: 'application/vnd.oci.image.config.v1+json' };
const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] };
const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [layer] };

function read(value: object, contentType = '') {
  return parseManifest(Buffer.from(JSON.stringify(value)), contentType);
}

test('parseManifest() reads images and indexes', () => {
  const descriptor = { ...layer, digest, annotations: {} };
  assert.deepEqual(read(image), {
    ok: true,
    manifest: {
      kind: 'image',
      mediaType: OCI_MANIFEST,
      artifactType: config.mediaType,
      layers: [descriptor],
    },
  });
  assert.deepEqual(read({ ...index, mediaType: undefined }, DOCKER_LIST), {
    ok: true,
    manifest: { kind: 'index', mediaType: DOCKER_LIST, manifests: [descriptor] },
  });
  const typed = read({ ...image, artifactType: 'application/spdx+json' });
  assert.equal(
    typed.ok && typed.manifest.kind === 'image' && typed.manifest.artifactType,
    'application/spdx+json',
  );
});

test('parseManifest() keeps annotations and artifact types of what is listed', () => {
  const annotations = { a: 'b' };
  const reading = read({
    ...index,
    manifests: [
      { ...layer, artifactType: 't', annotations },
      { ...layer, annotations: null },
    ],
  });
  assert.deepEqual(reading.ok && reading.manifest.kind === 'index' && reading.manifest.manifests, [
    { ...layer, digest, artifactType: 't', annotations },
    { ...layer, digest, annotations: {} },
  ]);
});

test('parseManifest() refuses a document that is two things (CVE-2021-41190)', () => {
  for (const [value, contentType] of [
    [{ ...image, manifests: [layer] }, ''],
    [{ ...image, mediaType: OCI_INDEX }, ''],
    [{ ...index, mediaType: OCI_MANIFEST }, ''],
    [image, OCI_INDEX],
    [index, DOCKER_LIST],
    [{ schemaVersion: 2 }, OCI_MANIFEST],
    [{ schemaVersion: 2 }, OCI_INDEX],
  ] as const) {
    assert.equal(read(value, contentType).ok, false, JSON.stringify([value, contentType]));
  }
});

test('parseManifest() refuses what is no manifest', () => {
  const text = '{"schemaVersion":2,"layers":[],"layers":[]}';
  assert.equal(parseManifest(Buffer.from(text), '').ok, false);
  for (const changed of [
    { schemaVersion: 1 },
    { layers: [{ ...layer, digest: 'sha256:ab' }] },
    { layers: [{ ...layer, size: -1 }] },
    { layers: [{ ...layer, size: 1.5 }] },
    { layers: [{ ...layer, annotations: { a: 1 } }] },
  ]) {
    assert.equal(read({ ...image, ...changed }).ok, false, JSON.stringify(changed));
  }
});
