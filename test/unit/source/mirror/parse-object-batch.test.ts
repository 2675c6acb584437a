import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  parseObjectBatch,
  parseObjectSizes,
} from '../../../../src/source/mirror/parse-object-batch.ts';

function blobId(text: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex');
}

const A = blobId('a\nb\n');
const B = blobId('');
const OTHER = 'f'.repeat(40);

test('parseObjectSizes() gives the sizes in the order of the ids', () => {
  const output = Buffer.from(`${A} blob 4\n${OTHER} missing\n${B} blob 0\n`);
  assert.deepEqual(parseObjectSizes(output, [A, OTHER, B]), [
    { objectId: A, sizeBytes: 4 },
    { objectId: OTHER, sizeBytes: undefined },
    { objectId: B, sizeBytes: 0 },
  ]);
});

test('parseObjectSizes() refuses what was not asked for, and what is cut off', () => {
  assert.equal(parseObjectSizes(Buffer.from(`${B} blob 0\n`), [A]), undefined);
  assert.equal(parseObjectSizes(Buffer.from(`${A} blob 4\n`), [A, B]), undefined);
  assert.equal(parseObjectSizes(Buffer.from(`${A} blob 4`), [A, B]), undefined);
  assert.equal(parseObjectSizes(Buffer.from(`${A} blob x\n`), [A]), undefined);
});

test('parseObjectBatch() gives objects with their bytes, and tells those of another id', () => {
  const output = Buffer.from(`${A} blob 4\na\nb\n\n${B} blob 0\n\n${OTHER} blob 2\nhi\n`);
  const wanted = [
    { objectId: A, sizeBytes: 4 },
    { objectId: B, sizeBytes: 0 },
    { objectId: OTHER, sizeBytes: 2 },
  ];
  const found = parseObjectBatch(output, wanted);
  assert.deepEqual(
    found.map((each) =>
      each.status === 'found' ? Buffer.from(each.bytes).toString() : each.status,
    ),
    ['a\nb\n', '', 'mismatch'],
  );
});

test('parseObjectBatch() tells what is missing or cut off', () => {
  const missing = parseObjectBatch(Buffer.from(`${OTHER} missing\n`), [
    { objectId: OTHER, sizeBytes: undefined },
  ]);
  assert.deepEqual(missing, [{ status: 'missing' }]);
  const cut = parseObjectBatch(Buffer.from(`${A} blob 4\na\n`), [{ objectId: A, sizeBytes: 4 }]);
  assert.deepEqual(cut, [{ status: 'malformed' }]);
  assert.deepEqual(parseObjectBatch(Buffer.from(''), [{ objectId: A, sizeBytes: 4 }]), [
    { status: 'malformed' },
  ]);
});
