import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GAP_CODE, makeGapEntry } from '../../../src/delivery/gap-entry.ts';

const gap = {
  sink: 'siem',
  cluster: 'prod-eu-1',
  replica: 'holdfast-0',
  firstSequence: 5,
  lastSequence: 104,
  nowMs: Date.UTC(2026, 0, 5),
};

test('makeGapEntry() says which entries a sink will never have', () => {
  const { sequence, record } = makeGapEntry(gap);

  assert.equal(sequence, 104);
  assert.equal(record.code, GAP_CODE);
  assert.equal(
    record.message,
    'The entries 5 to 104 are gone from the journal before the sink "siem" had them',
  );
  assert.equal(record.time, '2026-01-05T00:00:00.000Z');
  assert.equal(record.cluster, 'prod-eu-1');
});

test('makeGapEntry() gives one gap one hash, whenever it is told, and another gap another', () => {
  const { hash } = makeGapEntry(gap);

  assert.match(hash, /^[0-9a-f]{64}$/u);
  assert.equal(makeGapEntry({ ...gap, nowMs: 0 }).hash, hash);
  assert.notEqual(makeGapEntry({ ...gap, lastSequence: 105 }).hash, hash);
  assert.notEqual(makeGapEntry({ ...gap, sink: 'other' }).hash, hash);
});
