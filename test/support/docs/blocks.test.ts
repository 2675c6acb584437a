import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareBlocks, formatTable, readBlock, replaceBlock } from './blocks.ts';

const DOCUMENT = 'before\n<!-- table: a -->\n| old |\n<!-- end: a -->\nafter\n';

test('formatTable() escapes what would break a row', () => {
  assert.equal(
    formatTable(['a', 'b'], [['x|y', '1\n2']]),
    '| a | b |\n| --- | --- |\n| x\\|y | 1 2 |',
  );
});

test('readBlock() gives the text between the markers, or nothing where one is missing', () => {
  assert.equal(readBlock(DOCUMENT, 'a'), '| old |');
  assert.equal(readBlock(DOCUMENT, 'b'), undefined);
  assert.equal(readBlock('<!-- end: a --><!-- table: a -->', 'a'), undefined);
});

test('replaceBlock() changes nothing but the block', () => {
  assert.equal(
    replaceBlock(DOCUMENT, { name: 'a', markdown: '| new |' }),
    'before\n<!-- table: a -->\n| new |\n<!-- end: a -->\nafter\n',
  );
});

test('replaceBlock() says which markers are missing', () => {
  assert.throws(() => replaceBlock(DOCUMENT, { name: 'b', markdown: '' }), {
    message:
      'Cannot find "<!-- table: b -->" and "<!-- end: b -->": write both where the table belongs',
  });
});

test('compareBlocks() names the rows of either side that the other lacks', () => {
  const wanted = { name: 'a', markdown: 'same\nnew' };

  assert.deepEqual(compareBlocks('same\nnew', wanted), []);
  assert.deepEqual(compareBlocks('same\nold', wanted), [
    'not in the document: new',
    'not in the code: old',
    'run npm run docs:tables',
  ]);
  assert.deepEqual(compareBlocks(undefined, wanted), [
    'the block "a" is missing: write <!-- table: a --> and <!-- end: a -->',
  ]);
});

test('compareBlocks() finds rows in another order', () => {
  assert.deepEqual(compareBlocks('b\na', { name: 'a', markdown: 'a\nb' }), [
    'run npm run docs:tables',
  ]);
});
