import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseReplayLine,
  parseReplayRecord,
} from '../../../../src/compose/replay/parse-replay-line.ts';
import { sampleRecord } from '../../../support/journal-samples.ts';

const RECORD = sampleRecord();

for (const [name, value] of [
  ['a record', RECORD],
  ['an entry of an export', { sequence: 1, hash: 'a', record: RECORD }],
] as const) {
  test(`parseReplayLine() reads ${name}`, () => {
    const line = parseReplayLine(JSON.stringify(value));

    assert.equal(line?.kind, 'record');
    assert.equal(line.record.decisionId, RECORD.decisionId);
    assert.equal(line.record.route, 'validate');
    assert.deepEqual(line.record.cut, []);
  });
}

test('parseReplayLine() knows a review by its kind', () => {
  assert.deepEqual(parseReplayLine('{"kind":"AdmissionReview"}'), { kind: 'review' });
});

for (const line of ['', 'no', '1', 'null', '[]', '{}', '{"record":1}']) {
  test(`parseReplayLine() refuses ${JSON.stringify(line)}`, () => {
    assert.equal(parseReplayLine(line), undefined);
  });
}

test('parseReplayRecord() reads what the policies were given', () => {
  const input = { request: { uid: 'a' }, facts: { actor: {} } };

  assert.deepEqual(parseReplayRecord(JSON.stringify({ ...RECORD, input }))?.input, input);
  assert.equal(parseReplayRecord(JSON.stringify({ ...RECORD, input: 1 })), undefined);
});
