import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCode, formatFence, formatTable } from './markdown.ts';

test('formatTable() escapes what would break a row', () => {
  assert.equal(
    formatTable(['a', 'b'], [['x|y', '1\n2']]),
    '| a | b |\n| --- | --- |\n| x\\|y | 1 2 |',
  );
});

test('formatCode() keeps backticks inside the code', () => {
  assert.equal(formatCode('a b'), '`a b`');
  assert.equal(formatCode('a`b'), '`` a`b ``');
});

test('formatFence() names the language', () => {
  assert.equal(formatFence('sh', 'ls'), '```sh\nls\n```');
});
