import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { ByteReader } from '../../../../../src/policy/wasm/fuel/byte-reader.ts';

function read(...bytes: readonly number[]): ByteReader {
  return new ByteReader(Uint8Array.from(bytes));
}

describe('ByteReader', () => {
  it('reads unsigned integers, padded or not', () => {
    const reader = read(0x00, 0x7f, 0x80, 0x01, 0xe5, 0x8e, 0x26, 0x85, 0x80, 0x80, 0x80, 0x00);

    assert.deepEqual(
      Array.from({ length: 5 }, () => reader.unsigned()),
      [0, 127, 128, 624_485, 5],
    );
    assert.equal(reader.isAtEnd, true);
  });

  it('reads the greatest integer of 32 bits, and refuses more', () => {
    const tooLarge = {
      name: 'MeteringError',
      message: 'the integer at byte 0 has more than 32 bits',
    };

    assert.equal(read(0xff, 0xff, 0xff, 0xff, 0x0f).unsigned(), 0xff_ff_ff_ff);
    assert.throws(() => read(0xff, 0xff, 0xff, 0xff, 0x1f).unsigned(), tooLarge);
    assert.throws(() => read(0x80, 0x80, 0x80, 0x80, 0x80, 0).unsigned(), tooLarge);
  });

  it('passes integers of up to 64 bits', () => {
    const reader = read(...Array<number>(9).fill(0xff), 0x01, 0x2a);
    reader.skipInteger();

    assert.equal(reader.byte(), 0x2a);
    assert.throws(() => read(...Array<number>(10).fill(0xff), 0).skipInteger(), {
      name: 'MeteringError',
      message: 'the integer at byte 0 has more than 64 bits',
    });
  });

  it('gives a part as a reader of its own, and goes on behind it', () => {
    const reader = read(2, 10, 11, 12);
    const part = reader.part();

    assert.deepEqual(Array.from(part.slice(part.offset)), [10, 11]);
    assert.deepEqual([part.byte(), part.byte(), part.isAtEnd], [10, 11, true]);
    assert.equal(reader.byte(), 12);
  });

  it('copies its position', () => {
    const reader = read(1, 2);
    const copy = reader.copy();
    reader.byte();

    assert.deepEqual([copy.byte(), reader.byte()], [1, 2]);
  });

  it('says where the bytes end too early', () => {
    const early = (offset: number) => ({
      name: 'MeteringError',
      message: `it ends too early, at byte ${String(offset)}`,
    });

    assert.throws(() => read().byte(), early(0));
    assert.throws(() => read(0x80).unsigned(), early(1));
    assert.throws(() => read(3, 1, 2).part(), early(3));
    assert.throws(() => read(2, 1, 2, 3).part().skip(3), early(3));
    assert.throws(() => {
      const part = read(1, 7, 8).part();
      part.byte();
      part.byte();
    }, early(2));
  });
});
