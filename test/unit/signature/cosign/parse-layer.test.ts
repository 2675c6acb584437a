import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  classifyLayer,
  mayHoldSignature,
  parseLayer,
} from '../../../../src/signature/cosign/parse-layer.ts';

test('classifyLayer() knows the formats of cosign by their media types', () => {
  const found = [
    'application/vnd.dev.cosign.simplesigning.v1+json',
    'application/vnd.dsse.envelope.v1+json',
    'application/vnd.dev.sigstore.bundle.v0.3+json',
    'application/vnd.dev.sigstore.bundle+json;version=0.1',
    'application/vnd.dev.sigstore.bundles',
    'application/spdx+json',
    'application/vnd.oci.image.layer.v1.tar+gzip',
    '',
  ].map(classifyLayer);
  const none = undefined;
  assert.deepEqual(found, [
    'simple signing',
    'DSSE envelope',
    'bundle',
    'bundle',
    none,
    none,
    none,
    none,
  ]);
});

test('mayHoldSignature() looks into artifacts without a type, and leaves lists of packages', () => {
  for (const type of [
    undefined,
    '',
    'application/vnd.oci.empty.v1+json',
    'application/vnd.oci.image.config.v1+json',
    'application/vnd.dev.cosign.artifact.sig.v1+json',
    'application/vnd.in-toto+json',
    'application/vnd.dev.sigstore.bundle.v0.3+json',
  ]) {
    assert.equal(mayHoldSignature(type), true, type);
  }
  for (const type of ['application/spdx+json', 'application/vnd.cyclonedx+json', 'text/plain']) {
    assert.equal(mayHoldSignature(type), false, type);
  }
});

test('parseLayer() reads each format as what it is', () => {
  const layer = { mediaType: '', annotations: {}, bytes: Buffer.from('{}') };
  const reasons = (['simple signing', 'DSSE envelope', 'bundle'] as const).map((format) => {
    const result = parseLayer(layer, format);
    return result.status === 'rejected' ? result.reason : '';
  });
  assert.deepEqual(reasons, [
    'The annotation "dev.cosignproject.cosign/signature" is no base64',
    'The envelope is not as expected at "payload"',
    'The bundle is not as expected at "mediaType"',
  ]);
});
