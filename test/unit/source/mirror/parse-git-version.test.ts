import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGitVersion } from '../../../../src/source/mirror/parse-git-version.ts';

test('parseGitVersion() accepts 2.37 and later', () => {
  for (const [text, version] of [
    ['git version 2.37.0\n', '2.37.0'],
    ['git version 2.39.5 (Apple Git-154)\n', '2.39.5'],
    ['git version 2.51.0.windows.1\n', '2.51.0.windows.1'],
    ['git version 3.0.0\n', '3.0.0'],
  ] as const) {
    assert.deepEqual(parseGitVersion(text), { ok: true, version });
  }
});

test('parseGitVersion() refuses older ones with the reason, and everything else', () => {
  for (const text of ['git version 2.36.6\n', 'git version 1.99.0\n']) {
    const parsed = parseGitVersion(text);
    assert.equal(parsed.ok, false);
    assert.match(parsed.reason, /too old: 2\.37 or later/u);
  }
  for (const text of ['', 'zsh: not found', 'git version unknown']) {
    const parsed = parseGitVersion(text);
    assert.equal(parsed.ok, false);
    assert.match(parsed.reason, /did not tell its version/u);
  }
});
