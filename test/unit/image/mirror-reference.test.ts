import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mirrorReference } from '../../../src/image/mirror-reference.ts';
import { formatReference, parseReference } from '../../../src/image/parse-reference.ts';

const MIRRORS = [
  { registry: 'docker.io', place: 'mirror.example.com:5000/docker/hub' },
  { registry: 'quay.io', place: 'quay.example.com' },
];

describe('mirrorReference()', () => {
  for (const [text, expected] of [
    ['nginx:1', 'mirror.example.com:5000/docker/hub/library/nginx:1'],
    [`quay.io/a/b@sha256:${'0'.repeat(64)}`, `quay.example.com/a/b@sha256:${'0'.repeat(64)}`],
    ['ghcr.io/a/b:1', 'ghcr.io/a/b:1'],
    // Not a registry that only begins like one with a mirror.
    ['quay.io.evil.org/a:1', 'quay.io.evil.org/a:1'],
  ] as const) {
    it(`reads ${text.slice(0, 30)} at ${expected.slice(0, 50)}`, () => {
      const reading = parseReference(text);
      assert.ok(reading.ok);
      assert.equal(formatReference(mirrorReference(reading.reference, MIRRORS)), expected);
    });
  }
});
