import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { diffLines } from '../../../src/base/diff-lines.ts';

describe('diffLines', () => {
  it('is empty for the same text, with or without an end of the last line', () => {
    assert.deepEqual(diffLines('a\nb\n', 'a\nb'), []);
    assert.deepEqual(diffLines('', ''), []);
  });

  it('shows three lines around a change, and hunks that touch as one', () => {
    const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
    const after = before.map((line) => (line === '5' ? 'five' : line));
    assert.deepEqual(diffLines(before.join('\n'), after.join('\n')), [
      '@@ -2,7 +2,7 @@',
      ' 2',
      ' 3',
      ' 4',
      '-5',
      '+five',
      ' 6',
      ' 7',
      ' 8',
    ]);
  });

  it('numbers an empty range by the line before it', () => {
    assert.deepEqual(diffLines('', 'a\nb'), ['@@ -0,0 +1,2 @@', '+a', '+b']);
    assert.deepEqual(diffLines('a', ''), ['@@ -1,1 +0,0 @@', '-a']);
  });

  it('shows what is too long to compare as removed and added whole', () => {
    const before = Array.from({ length: 2100 }, (_, index) => `a${index}`);
    const after = Array.from({ length: 2100 }, (_, index) => `b${index}`);
    const lines = diffLines(before.join('\n'), [...after, ...before.slice(0, 1)].join('\n'));
    assert.equal(lines.length, 1 + 2100 + 2101);
  });

  it('is a patch that turns any text into any other one, by the real patch(1)', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-diff-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', '- x', '+ y', ' z'), { maxLength: 30 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const text = (list: readonly string[]) => list.map((line) => `${line}\n`).join('');
        const hunks = diffLines(text(before), text(after));
        if (hunks.length === 0) {
          assert.deepEqual(before, after);
          return;
        }
        writeFileSync(join(folder, 'file'), text(before));
        const input = ['--- file', '+++ file', ...hunks, ''].join('\n');
        const patched = spawnSync('patch', ['--output=-', '--silent', '--fuzz=0', 'file'], {
          cwd: folder,
          input,
          encoding: 'utf8',
        });
        assert.equal(patched.status, 0, patched.stderr + input);
        assert.equal(patched.stdout, text(after));
      }),
      { numRuns: 60 },
    );
  });
});
