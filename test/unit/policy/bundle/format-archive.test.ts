import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { formatArchive } from '../../../../src/policy/bundle/format-archive.ts';

const FILES = new Map([
  ['b', Buffer.from('2')],
  ['a', Buffer.from('1')],
]);

describe('formatArchive()', () => {
  it('gives the same bytes for the same files, in whatever order', () => {
    const reversed = new Map([...FILES].toReversed());

    assert.deepEqual(formatArchive(FILES), formatArchive(reversed));
    assert.equal(
      createHash('sha256').update(formatArchive(FILES)).digest('hex'),
      '979880b56fa17f7266e8e2eec63255f3c5bd884fec9e8f04e8440d4842e9e88b',
    );
  });

  for (const path of [`${'d'.repeat(156)}/f`, `d/${'f'.repeat(101)}`, 'f'.repeat(100)]) {
    it(`throws where a name of ${path.length} characters has no room`, () => {
      assert.throws(() => formatArchive(new Map([[path, Buffer.from('')]])), {
        name: 'RangeError',
        message: `The file name "/${path}" is too long for an archive`,
      });
    });
  }
});
