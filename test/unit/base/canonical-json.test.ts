import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../../src/base/canonical-json.ts';

test('canonicalJson() sorts keys, keeps the order of lists and leaves out what is undefined', () => {
  const value = { b: [2, 1, null], a: { d: 'x', c: true }, e: undefined };

  assert.equal(canonicalJson(value), '{"a":{"c":true,"d":"x"},"b":[2,1,null]}');
});

test('canonicalJson() writes undefined as null, where something must stand', () => {
  assert.equal(canonicalJson([undefined]), '[null]');
});

test('canonicalJson() reads back as the same value, whatever the order of keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).toReversed());
      const text = canonicalJson(value);
      assert.equal(canonicalJson(reversed), text);
      assert.equal(canonicalJson(JSON.parse(text)), text);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    }),
  );
});
