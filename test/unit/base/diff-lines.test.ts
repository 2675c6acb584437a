import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diffLines } from '../../../src/base/diff-lines.ts';

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('diffLines', () => {
  it('is empty for the same text', () => {
    assert.deepEqual(diffLines('a\nb\n', 'a\nb\n'), []);
    assert.deepEqual(diffLines('', ''), []);
  });

  it('shows three lines around a change, and changes that touch as one hunk', () => {
    const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
    const after = before.map((line) => (line === '5' ? 'five' : line));
    assert.deepEqual(diffLines(textOf(before), textOf(after)), [
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

  it('shows a text that is new, or gone, whole', () => {
    assert.deepEqual(diffLines('', 'a\nb\n'), ['@@ -0,0 +1,2 @@', '+a', '+b']);
    assert.deepEqual(diffLines('a\n', ''), ['@@ -1,1 +0,0 @@', '-a']);
  });

  it('shows what is too long to compare as removed and added whole', () => {
    const before = Array.from({ length: 2100 }, (_, index) => `a${index}`);
    const after = Array.from({ length: 2100 }, (_, index) => `b${index}`);
    const lines = diffLines(textOf(before), textOf([...after, ...before.slice(0, 1)]));
    assert.equal(lines.length, 1 + 2100 + 2101);
  });
});
