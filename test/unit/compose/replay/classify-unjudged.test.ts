import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyUnjudged } from '../../../../src/compose/replay/classify-unjudged.ts';
import { parseReplayRecord } from '../../../../src/compose/replay/parse-replay-line.ts';
import { sampleRecord } from '../../../support/journal-samples.ts';

const INPUT = { request: {}, facts: {} };

for (const [change, reason] of [
  [{ input: INPUT }, undefined],
  [{ input: INPUT, grant: { id: 'a' } }, 'granted'],
  [{ input: INPUT, folded: { count: 2 } }, 'counted'],
  [{ input: INPUT, finding: true }, 'finding'],
  [{ cut: ['change', 'input'] }, 'cut'],
  [{ cut: ['change'] }, 'no-input'],
  [{}, 'no-input'],
] as const) {
  test(`classifyUnjudged() of a record with ${Object.keys(change).join(' and ') || 'neither'}`, () => {
    const { grant: _grant, ...sample } = sampleRecord();
    const record = parseReplayRecord(JSON.stringify({ ...sample, ...change }));
    assert.ok(record !== undefined);

    assert.equal(classifyUnjudged(record), reason);
  });
}
