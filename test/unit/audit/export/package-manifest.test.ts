import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePackageManifest } from '../../../../src/audit/export/package-manifest.ts';

const manifest = {
  format: 'holdfast-evidence/1',
  created: '2026-11-20T08:00:00.000Z',
  journals: [],
  policyRevisions: [],
  configurationHashes: [],
  files: [{ path: 'journals/1/a.meta.json', bytes: 1, sha256: 'a'.repeat(64) }],
};

test('a manifest is read', () => {
  assert.deepEqual(parsePackageManifest(JSON.stringify(manifest)), manifest);
});

for (const path of ['../a', '/etc/passwd', 'a/../b', 'a//b', '.hidden', 'a\\b', '']) {
  test(`"${path}" is no file of a package`, () => {
    const files = [{ path, bytes: 1, sha256: 'a'.repeat(64) }];

    assert.equal(parsePackageManifest(JSON.stringify({ ...manifest, files })), undefined);
  });
}

test('what is no JSON is no manifest', () => {
  assert.equal(parsePackageManifest('{'), undefined);
});
