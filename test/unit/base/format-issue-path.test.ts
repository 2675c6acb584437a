import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIssuePath } from '../../../src/base/format-issue-path.ts';

test('formatIssuePath() names the first place', () => {
  assert.equal(
    formatIssuePath([{ path: ['layers', 0, 'size'] }, { path: ['a'] }]),
    ' at "layers.0.size"',
  );
});

test('formatIssuePath() says nothing of the document as a whole', () => {
  assert.equal(formatIssuePath([{ path: [] }]), '');
  assert.equal(formatIssuePath([]), '');
});

test('formatIssuePath() cuts keys that somebody has made long, and shows no control characters', () => {
  assert.equal(formatIssuePath([{ path: ['a'.repeat(300)] }]), ` at "${'a'.repeat(200)}…"`);
  assert.equal(formatIssuePath([{ path: ['a\u001b[2Jb'] }]), ' at "a\u{FFFD}[2Jb"');
});
