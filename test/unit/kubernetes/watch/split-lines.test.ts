import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LineSplitter } from '../../../../src/kubernetes/watch/split-lines.ts';

describe('LineSplitter', () => {
  it('gives out lines as they are completed', () => {
    const splitter = new LineSplitter(100);
    assert.deepEqual(splitter.push(Buffer.from('a')), []);
    assert.deepEqual(splitter.push(Buffer.from('b\nc\n\nd')), ['ab', 'c']);
    assert.deepEqual(splitter.push(Buffer.from('\n')), ['d']);
  });

  it('refuses a line that is longer than allowed, also one that never ends', () => {
    assert.equal(new LineSplitter(2).push(Buffer.from('a\nabc\n')), undefined);
    const splitter = new LineSplitter(2);
    assert.deepEqual(splitter.push(Buffer.from('ab')), []);
    assert.equal(splitter.push(Buffer.from('c')), undefined);
  });

  it('finds the same lines however the bytes are cut', () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !text.includes('\n'));
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 1, max: 7 }), (lines, size) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const splitter = new LineSplitter(10_000);
        const found: string[] = [];
        for (let start = 0; start < bytes.length; start += size) {
          found.push(...(splitter.push(bytes.subarray(start, start + size)) ?? []));
        }
        assert.deepEqual(
          found,
          lines.map((text) => Buffer.from(text).toString()),
        );
      }),
    );
  });
});
