import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatHashedDocument } from '../../../../src/policy/bundle/format-hashed-document.ts';

describe('formatHashedDocument()', () => {
  for (const [written, wanted] of [
    [
      '{ "b" : 1.0, "a" : [ 1e3, -0, 123456789012345678901234567890 ] }',
      '{"a":[1e3,-0,123456789012345678901234567890],"b":1.0}',
    ],
    ['[true, false, null, "x"]', '[true,false,null,"x"]'],
    [
      String.raw`"<&>\u2028\u2029\b\f\u0001\u007f/"`,
      String.raw`"<&>\u2028\u2029\b\f\u0001${'\u007f'}/"`,
    ],
    [String.raw`"\ud800"`, '"\ufffd"'],
    // By bytes of UTF-8, not by units of UTF-16: U+FF5E comes before U+1F600.
    ['{"😀":1,"～":2,"":3}', '{"":3,"～":2,"😀":1}'],
    ['{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}'],
    ['{}', '{}'],
    ['[]', '[]'],
  ] as const) {
    it(`writes ${written} as ${wanted}`, () => {
      assert.equal(formatHashedDocument(written), wanted);
    });
  }
});
