import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestsSchema } from '../../../../src/source/manifest/settings.ts';

test('the section has defaults that refuse nothing more', () => {
  assert.deepEqual(manifestsSchema.parse({}), {
    requireManifestMatch: false,
    mutated: [],
    cacheCharsMax: 64 * 1024 * 1024,
  });
});

test('a path that cannot be read is named', () => {
  const parsed = manifestsSchema.safeParse({ mutated: ['spec.replicas', 'spec..x'] });
  assert.deepEqual(
    parsed.error?.issues.map(({ path }) => path),
    [['mutated', 1]],
  );
});
