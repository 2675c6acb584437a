import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTable } from '../../../src/cli/format-table.ts';

test('columns are as wide as their widest cell, and no line ends with spaces', () => {
  assert.deepEqual(
    formatTable([
      ['A', 'BB', 'C'],
      ['aaa', 'b', ''],
    ]),
    ['A    BB  C', 'aaa  b'],
  );
});

test('a long cell moves only the cells behind it', () => {
  const [long = '', short = ''] = formatTable([
    ['x'.repeat(100), '!'],
    ['y', '!'],
  ]);

  assert.deepEqual([long.indexOf('!'), short.indexOf('!')], [102, 62]);
});

test('no rows are no lines', () => {
  assert.deepEqual(formatTable([]), []);
});
