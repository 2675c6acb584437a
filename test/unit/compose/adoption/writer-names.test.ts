import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseWriterName } from '../../../../src/compose/adoption/writer-names.ts';

test('a name that is taken gets a number', () => {
  assert.equal(chooseWriterName('a', new Set()), 'a');
  assert.equal(chooseWriterName('a', new Set(['a'])), 'a-2');
  assert.equal(chooseWriterName('a', new Set(['a', 'a-2'])), 'a-3');
});

test('a long name is cut to what the configuration takes, and ends with a letter or digit', () => {
  const long = `${'a'.repeat(62)}-b`;
  const cut = 'a'.repeat(62);

  assert.equal(chooseWriterName(long, new Set()), cut);
  assert.equal(chooseWriterName(long, new Set([cut])), `${'a'.repeat(61)}-2`);
});
