import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeString, WireReader } from '../../../../src/signature/ssh/wire-reader.ts';
import { mpint, uint32, uint64 } from '../../../support/signatures/ssh-samples.ts';

describe('WireReader', () => {
  it('reads every type of RFC 4251, to the last byte', () => {
    const reader = new WireReader(
      Buffer.concat([
        Buffer.from([7]),
        uint32(258),
        uint64(2n ** 63n),
        encodeString('git'),
        encodeString(Buffer.from([1, 0])),
        mpint(Buffer.from([0x80])),
        mpint(Buffer.from([0x7f, 1])),
      ]),
    );

    assert.deepEqual(
      [
        reader.byte(),
        reader.uint32(),
        reader.uint64(),
        reader.text(),
        reader.string(),
        reader.mpint(),
        reader.hasMore,
        reader.isWhole,
        reader.mpint(),
        reader.hasMore,
        reader.isWhole,
      ],
      [
        7,
        258,
        2n ** 63n,
        'git',
        Buffer.from([1, 0]),
        Buffer.from([0x80]),
        true,
        false,
        Buffer.from([0x7f, 1]),
        false,
        true,
      ],
    );
  });

  const faults: readonly (readonly [string, Buffer, (reader: WireReader) => unknown])[] = [
    [
      'a string longer than what is left',
      Buffer.concat([uint32(5), Buffer.from('four')]),
      (r) => r.string(),
    ],
    ['a cut length', Buffer.from([0, 0]), (r) => r.string()],
    ['a cut number', Buffer.from([1]), (r) => r.uint64()],
    ['text that is not UTF-8', encodeString(Buffer.from([0xff])), (r) => r.text()],
    ['text with NUL', encodeString('a\0b'), (r) => r.text()],
    ['a negative number', encodeString(Buffer.from([0x80])), (r) => r.mpint()],
    ['a number with a needless zero', encodeString(Buffer.from([0, 1])), (r) => r.mpint()],
    ['zero as a byte', encodeString(Buffer.from([0])), (r) => r.mpint()],
    ['zero without a byte', encodeString(''), (r) => r.mpint()],
  ];
  for (const [what, bytes, read] of faults) {
    it(`marks ${what} as a fault, and reads nothing more`, () => {
      const reader = new WireReader(
        Buffer.concat([bytes, encodeString('more')]).subarray(0, bytes.length),
      );
      read(reader);

      assert.deepEqual(
        [
          reader.hasFailed,
          reader.isWhole,
          reader.hasMore,
          reader.text(),
          reader.uint32(),
          reader.byte(),
          reader.uint64(),
        ],
        [true, false, false, '', 0, 0, 0n],
      );
    });
  }

  it('reads back what was encoded', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (fields) => {
        const reader = new WireReader(Buffer.concat(fields.map((field) => encodeString(field))));
        for (const field of fields) assert.deepEqual(reader.string(), Buffer.from(field));
        assert.equal(reader.isWhole, true);
      }),
    );
  });
});
