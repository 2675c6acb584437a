import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCut, formatLine } from '../../../src/alerting/format-text.ts';

test('formatLine() leaves one line of printable characters', () => {
  assert.equal(
    formatLine(' a\r\n\u2028b\u202ec\u0000\u200b \ud800x '),
    'a b c   \ufffdx'.replace('   ', '  '),
  );
});

test('formatCut() cuts between characters and says so', () => {
  assert.equal(formatCut('abc', 3), 'abc');
  assert.equal(formatCut('abcd', 3), 'ab…');
  assert.equal(formatCut('a😀bc', 3), 'a…');
  assert.equal(formatCut('😀😀', 4), '😀😀');
});
