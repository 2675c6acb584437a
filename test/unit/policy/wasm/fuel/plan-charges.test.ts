import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { ByteReader } from '../../../../../src/policy/wasm/fuel/byte-reader.ts';
import { planCharges, type Charge } from '../../../../../src/policy/wasm/fuel/plan-charges.ts';

function plan(...bytes: readonly number[]): readonly Charge[] {
  return planCharges(new ByteReader(Uint8Array.from(bytes)), { globals: 0 });
}

const NOPS = (count: number): readonly number[] => Array<number>(count).fill(0x01);

describe('planCharges()', () => {
  it('charges the entry, behind the locals', () => {
    assert.deepEqual(plan(2, 0x81, 0x00, 0x7f, 2, 0x7e, 0x0b), [
      { offset: 6, units: 1, isBulk: false },
    ]);
  });

  it('charges the head of each loop, behind its type', () => {
    const loops = [0x03, 0x40, 0x02, 0x40, 0x03, 0x80, 0x00, 0x0b, 0x0b, 0x0b, 0x03, 0x40, 0x0b];

    assert.deepEqual(
      plan(0, ...loops, 0x0b).map(({ offset }) => offset),
      [1, 3, 8, 13],
    );
  });

  it('charges more for a long body, which is what is in no inner loop', () => {
    const inner = [0x03, 0x40, ...NOPS(600), 0x0b];
    const outer = [0x03, 0x40, ...NOPS(300), ...inner, ...NOPS(300), 0x0b];

    assert.deepEqual(
      plan(0, ...NOPS(10), ...outer, ...NOPS(10), 0x0b).map(({ units }) => units),
      [1, 3, 3],
    );
  });

  it('charges a rare and expensive instruction only where it runs', () => {
    assert.deepEqual(plan(0, 0x41, 0, 0x40, 0, 0x1a, 0x0b), [
      { offset: 1, units: 1, isBulk: false },
      { offset: 3, units: 1954, isBulk: false },
    ]);
    assert.deepEqual(plan(0, 0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0b, 0, 0x0b), [
      { offset: 1, units: 1, isBulk: false },
      { offset: 7, units: 1, isBulk: true },
    ]);
  });

  it('refuses a body that ends too early or too late, and locals of a type that it does not know', () => {
    assert.throws(() => plan(0, 0x02, 0x40, 0x0b), { message: 'it ends too early, at byte 4' });
    assert.throws(() => plan(0, 0x0b, 0x0b), {
      message: 'the function goes on after its end, at byte 2',
    });
    for (const type of [0x70, 0x7b, 0x80]) {
      assert.throws(() => plan(1, 1, type, 0x0b), {
        message: 'the type of a local before byte 3 is not known',
      });
    }
  });
});
