import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyClock } from '../../../../src/compose/doctor/classify-clock.ts';

const TOLERATED = { toleratedMs: 30_000 };

test('clocks within what is tolerated agree', () => {
  const clocks = [
    { name: 'this machine', aheadMs: 32_000 },
    { name: 'holdfast-0', aheadMs: -32_000 },
  ];

  assert.deepEqual(classifyClock({ ...TOLERATED, clocks }), [
    {
      code: 'clock_agrees',
      status: 'ok',
      message: 'The API server has the time of this machine, holdfast-0',
    },
  ]);
});

test('a clock beyond it fails, and is named with its direction', () => {
  const clocks = [
    { name: 'a', aheadMs: 33_000 },
    { name: 'b', aheadMs: 0 },
    { name: 'c', aheadMs: -61_400 },
  ];
  const found = classifyClock({ ...TOLERATED, clocks });

  assert.deepEqual(
    found.map(({ code, status, message }) => [code, status, message.split(' that of')[0]]),
    [
      ['clock_differs', 'failed', 'The clock of a is 33 s ahead of'],
      ['clock_differs', 'failed', 'The clock of c is 61 s behind'],
    ],
  );
});
