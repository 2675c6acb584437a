import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManifest } from '../../../../src/image/registry/parse-manifest.ts';
import { classifyArtifact } from '../../../../src/policy/registry/classify-artifact.ts';
import { formatArtifact } from '../../../../src/policy/registry/format-artifact.ts';
import { sha256 } from '../../../support/images/fake-registry.ts';

const ARCHIVE = Buffer.from('archive');
const TAR = Buffer.from('tar');

test('formatArtifact() writes an image manifest with one layer, and a configuration that names its content', () => {
  const { configuration, manifest, mediaType } = formatArtifact(ARCHIVE, TAR);

  assert.deepEqual(JSON.parse(Buffer.from(configuration).toString()), {
    architecture: 'unknown',
    os: 'unknown',
    rootfs: { type: 'layers', diff_ids: [sha256(TAR)] },
  });
  assert.deepEqual(JSON.parse(Buffer.from(manifest).toString()), {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: sha256(configuration),
      size: configuration.length,
    },
    layers: [
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest: sha256(ARCHIVE),
        size: 7,
        annotations: { 'org.opencontainers.image.title': 'bundle.tar.gz' },
      },
    ],
  });
  const parsing = parseManifest(manifest, mediaType);
  assert.ok(parsing.ok);
  assert.equal(classifyArtifact(parsing.manifest).ok, true);
});

test('formatArtifact() gives the same bytes for the same archive', () => {
  assert.deepEqual(formatArtifact(ARCHIVE, TAR), formatArtifact(ARCHIVE, TAR));
});
