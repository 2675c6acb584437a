import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  isObjectId,
  parseGitHint,
  parseRevision,
  uniqueHints,
} from '../../../src/source/parse-revision.ts';

const SHA1 = 'a'.repeat(40);
const SHA256 = 'b'.repeat(64);

test('parseRevision() reads every form that Argo CD and Flux write', () => {
  const table: readonly [string, object][] = [
    [SHA1, { kind: 'commit', name: '', objectId: SHA1 }],
    [SHA256, { kind: 'commit', name: '', objectId: SHA256 }],
    [`main@sha1:${SHA1}`, { kind: 'commit', name: 'main', objectId: SHA1 }],
    [`sha1:${SHA1}`, { kind: 'commit', name: '', objectId: SHA1 }],
    [`refs/heads/a/b@sha1:${SHA1}`, { kind: 'commit', name: 'refs/heads/a/b', objectId: SHA1 }],
    [`main/${SHA1}`, { kind: 'commit', name: 'main', objectId: SHA1 }],
    [`latest@sha256:${SHA256}`, { kind: 'digest', name: 'latest', digest: SHA256 }],
    [`sha256:${SHA256}`, { kind: 'digest', name: '', digest: SHA256 }],
    [`main@sha1:${SHA256}`, { kind: 'other' }],
    [`main@sha256:${SHA1}`, { kind: 'other' }],
    [SHA1.toUpperCase(), { kind: 'other' }],
    ['', { kind: 'other' }],
    ['6.5.4', { kind: 'other' }],
    ['main', { kind: 'other' }],
    [`${SHA1}\n`, { kind: 'other' }],
    [`${'x'.repeat(2000)}@sha1:${SHA1}`, { kind: 'other' }],
  ];
  for (const [text, expected] of table) assert.deepEqual(parseRevision(text), expected, text);
});

test('parseGitHint() takes a digest for an object of a SHA-256 repository, and nothing for a name', () => {
  assert.deepEqual(parseGitHint(`main@sha1:${SHA1}`, 'artifact'), {
    claimedObjectId: SHA1,
    claimedBy: 'artifact',
  });
  assert.deepEqual(parseGitHint(`main@sha256:${SHA256}`, 'last-apply'), {
    claimedObjectId: SHA256,
    claimedBy: 'last-apply',
  });
  assert.equal(parseGitHint('main', 'artifact'), undefined);
  assert.equal(parseGitHint(null, 'artifact'), undefined);
  assert.equal(parseGitHint(undefined, 'artifact'), undefined);
});

test('uniqueHints() keeps the first claim of each object', () => {
  assert.deepEqual(
    uniqueHints([
      undefined,
      parseGitHint(SHA1, 'running-operation'),
      parseGitHint(SHA1, 'comparison'),
      parseGitHint(SHA256, 'comparison'),
    ]),
    [
      { claimedObjectId: SHA1, claimedBy: 'running-operation' },
      { claimedObjectId: SHA256, claimedBy: 'comparison' },
    ],
  );
});

test('parseRevision() is total, and finds only whole object ids', () => {
  const hex = fc.stringMatching(/^[0-9a-f]{38,66}$/u);
  const plausible = fc
    .tuple(fc.constantFrom('', 'main@sha1:', 'sha1:', 'main/', 'v1@sha256:'), hex)
    .map(([prefix, digits]) => `${prefix}${digits}`);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), plausible), (text) => {
      const parsed = parseRevision(text);
      if (parsed.kind === 'commit') assert.ok(isObjectId(parsed.objectId));
      if (parsed.kind === 'digest') assert.match(parsed.digest, /^[0-9a-f]{64}$/u);
      assert.ok(parsed.kind === 'other' || text.endsWith(textOf(parsed)));
    }),
  );
});

function textOf(parsed: ReturnType<typeof parseRevision>): string {
  if (parsed.kind === 'commit') return parsed.objectId;
  return parsed.kind === 'digest' ? parsed.digest : '';
}
