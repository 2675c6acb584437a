import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fitSlope } from './fit-slope.ts';

describe('fitSlope()', () => {
  it('is the growth of what lies on a line', () => {
    const points = [0, 1, 2].map((x) => [x, 10 + 3 * x] as const);
    assert.equal(fitSlope(points), 3);
  });

  it('is level where what swings comes back', () => {
    assert.equal(
      fitSlope([
        [0, 5],
        [1, 9],
        [2, 5],
      ]),
      0,
    );
  });

  for (const [what, points] of [
    ['no point', []],
    ['one point', [[1, 1]]],
    [
      'points at one time',
      [
        [1, 1],
        [1, 2],
      ],
    ],
  ] as const) {
    it(`is nothing of ${what}`, () => {
      assert.equal(fitSlope(points), undefined);
    });
  }
});
