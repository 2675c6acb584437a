import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHydratorNote } from '../../../src/source/parse-hydrator-note.ts';

const DRY = 'd'.repeat(40);
const parse = (value: unknown) => parseHydratorNote(Buffer.from(JSON.stringify(value)));

test('parseHydratorNote() reads the commit in both spellings, as a hint', () => {
  const hint = { claimedObjectId: DRY, claimedBy: 'hydrator' };
  assert.deepEqual(parse({ drySha: DRY, more: 1 }), hint);
  assert.deepEqual(parse({ drySHA: DRY }), hint);
});

test('parseHydratorNote() finds nothing in anything else', () => {
  for (const value of [{}, { drySha: 'main' }, { drySha: 7 }, 'text', [], null]) {
    assert.equal(parse(value), undefined);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.equal(parseHydratorNote(bytes), undefined);
    }),
  );
});
