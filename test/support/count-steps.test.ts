import assert from 'node:assert/strict';
import { it } from 'node:test';
import { countSteps, instrument } from './count-steps.ts';

/**
 * (func (export "run") (param i32)
 *   (loop (br_if 0 (i32.gt_s (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 0)))))
 */
const LOOPING = Buffer.from(
  [
    '0061736d01000000',
    '01050160017f00',
    '03020100',
    '0606017f0041000b',
    '0707010372756e0000',
    '0a13011100034020004101',
    '6b220041004a0d000b0b',
  ].join(''),
  'hex',
);

it('counts the call and each turn of the loop, the same in every run', () => {
  const module = new WebAssembly.Module(instrument(LOOPING));
  const steps = (turns: number): number =>
    countSteps(() => {
      const { run } = new WebAssembly.Instance(module, {}).exports;
      assert.ok(typeof run === 'function');
      run(turns);
    });

  assert.deepEqual([steps(1), steps(10), steps(10)], [2, 11, 11]);
});
