import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '../../../../src/image/match-digest.ts';
import type { Descriptor, Manifest } from '../../../../src/image/registry/parse-manifest.ts';
import { classifyArtifact } from '../../../../src/policy/registry/classify-artifact.ts';
import { BUNDLE_LAYER_TYPE } from '../../../../src/policy/registry/format-artifact.ts';

const LAYER: Descriptor = {
  mediaType: BUNDLE_LAYER_TYPE,
  digest: digestOf(Buffer.from('a')),
  size: 1,
  annotations: {},
};

function imageWith(layers: readonly Descriptor[]): Manifest {
  return { kind: 'image', mediaType: 'a/b', artifactType: undefined, layers };
}

function refused(reason: string) {
  return { ok: false, reason: `it is no bundle: ${reason}` };
}

test('classifyArtifact() takes the one layer', () => {
  assert.deepEqual(classifyArtifact(imageWith([LAYER])), { ok: true, value: LAYER });
});

test('classifyArtifact() refuses an index, no layer, two, another type, and one that is too large', () => {
  assert.deepEqual(
    classifyArtifact({ kind: 'index', mediaType: 'a/b', manifests: [LAYER] }),
    refused('it is an index of several manifests: name the one with the bundle by its digest'),
  );
  assert.deepEqual(classifyArtifact(imageWith([])), refused('it has 0 layers, wanted one'));
  assert.deepEqual(
    classifyArtifact(imageWith([LAYER, LAYER])),
    refused('it has 2 layers, wanted one'),
  );
  assert.deepEqual(
    classifyArtifact(
      imageWith([{ ...LAYER, mediaType: 'application/vnd.oci.image.layer.v1.tar' }]),
    ),
    refused(
      'its layer has the media type "application/vnd.oci.image.layer.v1.tar", wanted "application/vnd.oci.image.layer.v1.tar+gzip"',
    ),
  );
  assert.deepEqual(
    classifyArtifact(imageWith([{ ...LAYER, size: 16 * 1024 * 1024 + 1 }])),
    refused('its layer has 16777217 bytes, at most 16777216 are read'),
  );
});
