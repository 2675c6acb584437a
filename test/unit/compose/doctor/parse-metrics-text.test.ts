import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMetricsText } from '../../../../src/compose/doctor/parse-metrics-text.ts';

test('samples are read with their labels, and everything else is passed over', () => {
  const text = [
    '# HELP holdfast_up Help',
    'holdfast_up 1',
    'holdfast_lag{sink="a \\"b\\" \\\\ c",zone="x"} 2.5 1700000000',
    'holdfast_max +Inf',
    'holdfast_odd none',
    'no sample',
    '',
  ].join('\n');

  assert.deepEqual(parseMetricsText(text), [
    { name: 'holdfast_up', labels: {}, value: 1 },
    { name: 'holdfast_lag', labels: { sink: 'a "b" \\ c', zone: 'x' }, value: 2.5 },
  ]);
});
