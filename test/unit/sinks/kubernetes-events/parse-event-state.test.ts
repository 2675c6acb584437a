import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEventState } from '../../../../src/sinks/kubernetes-events/parse-event-state.ts';

const OURS = {
  reportingController: 'holdfast.dev/webhook',
  metadata: { annotations: { 'holdfast.dev/sequence': '12' } },
};

test('parseEventState() reads what an Event of ours counts', () => {
  assert.deepEqual(parseEventState(OURS), { count: 1, sequence: 12 });
  assert.deepEqual(parseEventState({ ...OURS, series: null }), { count: 1, sequence: 12 });
  assert.deepEqual(parseEventState({ ...OURS, series: { count: 7 } }), { count: 7, sequence: 12 });
});

test('parseEventState() does not take another Event for ours', () => {
  for (const body of [
    undefined,
    'text',
    { ...OURS, reportingController: 'kubelet' },
    { ...OURS, metadata: {} },
    { ...OURS, metadata: { annotations: { 'holdfast.dev/sequence': '-1' } } },
    { ...OURS, series: { count: 0 } },
  ]) {
    assert.equal(parseEventState(body), undefined);
  }
});
