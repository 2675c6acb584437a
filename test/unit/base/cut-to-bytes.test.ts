import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutToBytes } from '../../../src/base/cut-to-bytes.ts';

test('cutToBytes() leaves a text that fits', () => {
  assert.equal(cutToBytes('größe', 7), 'größe');
  assert.equal(cutToBytes('', 0), '');
});

test('cutToBytes() cuts before a character that does not fit', () => {
  assert.equal(cutToBytes('größe', 6), 'größ');
  assert.equal(cutToBytes('größe', 5), 'grö');
  assert.equal(cutToBytes('a😀', 4), 'a');
  assert.equal(cutToBytes('\ufeffab', 4), '\ufeffa');
  assert.equal(cutToBytes('abc', 0), '');
  assert.equal(cutToBytes('abc', -5), '');
});

test('cutToBytes() repairs half a character that was there before', () => {
  assert.equal(cutToBytes('a\ud83d', 10), 'a\ufffd');
});

test('cutToBytes() returns the beginning of the text, and at most so many bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, bytesMax) => {
      const cut = cutToBytes(text, bytesMax);

      assert.ok(Buffer.byteLength(cut) <= bytesMax);
      assert.ok(text.toWellFormed().startsWith(cut));
    }),
  );
});
