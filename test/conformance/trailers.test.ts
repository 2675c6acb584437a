/** Trailers of commit messages, as the real `git interpret-trailers` finds them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { it } from 'node:test';
import fc from 'fast-check';
import { parseTrailers } from '../../src/signature/git/parse-trailers.ts';

const LINES = [
  'Signed-off-by: A <a@example.com>\n',
  'Note: one\n',
  'Empty:\n',
  'Spaced : value\n',
  'https://example.com/a b\n',
  '- list: item\n',
  '(cherry picked from commit 0123abc)\n',
  '  continued\n',
  'prose without a colon\n',
  '# comment\n',
  '---\n',
  '\n',
];

function askGit(message: string): readonly string[] {
  const { status, stdout } = spawnSync('git', ['interpret-trailers', '--parse', '--no-divider'], {
    input: message,
    cwd: tmpdir(),
    env: {
      PATH: process.env['PATH'],
      HOME: tmpdir(),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
    },
    encoding: 'utf8',
  });
  assert.equal(status, 0);
  return stdout.split('\n').filter((line) => line !== '');
}

it('finds the trailers that git finds', () => {
  const message = fc
    .array(fc.constantFrom(...LINES), { maxLength: 9 })
    .map((lines) => `Title\n\n${lines.join('')}`);
  fc.assert(
    fc.property(message, (text) => {
      const found = parseTrailers(text, 100).map(({ key, value }) => `${key}: ${value}`.trim());

      assert.deepEqual(
        found,
        askGit(text).map((line) => line.trim()),
      );
    }),
    { numRuns: 300 },
  );
});
