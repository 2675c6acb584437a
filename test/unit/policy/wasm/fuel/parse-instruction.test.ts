import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { ByteReader } from '../../../../../src/policy/wasm/fuel/byte-reader.ts';
import { parseInstruction } from '../../../../../src/policy/wasm/fuel/parse-instruction.ts';

const CONTEXT = { globals: 2 };

/** Kind, cost, and how many bytes it took. */
function parse(...bytes: readonly number[]): readonly [kind: string, cost: number, length: number] {
  const reader = new ByteReader(Uint8Array.from([...bytes, 0xee]));
  const { kind, cost } = parseInstruction(reader, CONTEXT);
  return [kind, cost, reader.offset];
}

const KNOWN: readonly (readonly [
  name: string,
  bytes: readonly number[],
  kind: string,
  cost: number,
])[] = [
  ['unreachable', [0x00], 'other', 1],
  ['nop', [0x01], 'other', 1],
  ['block', [0x02, 0x40], 'block', 1],
  ['block with the index of a type', [0x02, 0x80, 0x01], 'block', 1],
  ['loop', [0x03, 0x7f], 'loop', 1],
  ['if', [0x04, 0x40], 'block', 1],
  ['else', [0x05], 'other', 1],
  ['end', [0x0b], 'end', 1],
  ['br', [0x0c, 0x00], 'other', 1],
  ['br_if with a padded label', [0x0d, 0x80, 0x80, 0x00], 'other', 1],
  ['br_table', [0x0e, 2, 0x01, 0x80, 0x00, 0x03], 'other', 1],
  ['return', [0x0f], 'other', 1],
  ['call', [0x10, 0x85, 0x80, 0x80, 0x80, 0x00], 'other', 8],
  ['call_indirect', [0x11, 0x03, 0x00], 'other', 16],
  ['drop', [0x1a], 'other', 1],
  ['select', [0x1b], 'other', 1],
  ['select with types', [0x1c, 1, 0x7f], 'other', 1],
  ['local.get', [0x20, 0x04], 'other', 1],
  ['local.set', [0x21, 0x04], 'other', 1],
  ['local.tee', [0x22, 0x04], 'other', 1],
  ['global.get', [0x23, 0x01], 'other', 1],
  ['global.set', [0x24, 0x81, 0x00], 'other', 1],
  ['i32.load', [0x28, 2, 0x90, 0x01], 'other', 1],
  ['i64.store32', [0x3e, 2, 0], 'other', 1],
  ['memory.size', [0x3f, 0], 'other', 1],
  ['memory.grow', [0x40, 0], 'dear', 500_000],
  ['i32.const', [0x41, 0x7f], 'other', 1],
  ['i64.const', [0x42, ...Array<number>(9).fill(0xff), 0x00], 'other', 1],
  ['f32.const', [0x43, 0x0b, 0x0b, 0x0b, 0x0b], 'other', 1],
  ['f64.const', [0x44, ...Array<number>(8).fill(0x03)], 'other', 1],
  ['i32.eqz', [0x45], 'other', 1],
  ['i32.div_s', [0x6d], 'other', 20],
  ['i64.rem_u', [0x82], 'other', 20],
  ['f64.sqrt', [0x9f], 'other', 20],
  ['f64.reinterpret_i64', [0xbf], 'other', 1],
  ['i64.extend32_s', [0xc4], 'other', 1],
  ['i32.trunc_sat_f32_s', [0xfc, 0x00], 'other', 1],
  ['i64.trunc_sat_f64_u', [0xfc, 0x87, 0x00], 'other', 1],
  ['memory.copy', [0xfc, 0x0a, 0, 0], 'bulk', 20],
  ['memory.fill', [0xfc, 0x0b, 0], 'bulk', 20],
];

const UNKNOWN: readonly (readonly [name: string, bytes: readonly number[], opcode: string])[] = [
  ['try', [0x06, 0x40], '0x06'],
  ['throw', [0x08, 0], '0x08'],
  ['return_call', [0x12, 0], '0x12'],
  ['return_call_indirect', [0x13, 0, 0], '0x13'],
  ['call_ref', [0x14, 0], '0x14'],
  ['delegate', [0x18, 0], '0x18'],
  ['try_table', [0x1f, 0x40, 0], '0x1f'],
  ['table.get', [0x25, 0], '0x25'],
  ['table.set', [0x26, 0], '0x26'],
  ['an opcode that is reserved', [0x27], '0x27'],
  ['one behind the last', [0xc5], '0xc5'],
  ['ref.null', [0xd0, 0x70], '0xd0'],
  ['ref.func', [0xd2, 0], '0xd2'],
  ['garbage collection', [0xfb, 0], '0xfb'],
  ['memory.init', [0xfc, 8, 0, 0], '0xfc 8'],
  ['data.drop', [0xfc, 9, 0], '0xfc 9'],
  ['table.copy', [0xfc, 14, 0, 0], '0xfc 14'],
  ['table.grow', [0xfc, 15, 0], '0xfc 15'],
  ['vectors', [0xfd, 0], '0xfd'],
  ['threads', [0xfe, 0], '0xfe'],
];

describe('parseInstruction()', () => {
  for (const [name, bytes, kind, cost] of KNOWN) {
    it(`knows ${name}`, () => {
      assert.deepEqual(parse(...bytes), [kind, cost, bytes.length]);
    });
  }

  for (const [name, bytes, opcode] of UNKNOWN) {
    it(`refuses ${name}`, () => {
      assert.throws(() => parse(...bytes), {
        name: 'MeteringError',
        message: new RegExp(`^opcode ${opcode} before byte \\d+ is not known$`, 'u'),
      });
    });
  }

  it('refuses a global that the module does not have: it may be its fuel', () => {
    const wanted = { message: 'it refers to a global that it does not have, before byte 2' };

    assert.throws(() => parse(0x23, 2), wanted);
    assert.throws(() => parse(0x24, 2), wanted);
  });
});
