import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainFailure } from '../../../../src/kubernetes/client/explain-failure.ts';

test('explainFailure() gives the reason, and one for what is not there', () => {
  assert.deepEqual(explainFailure({ status: 'refused', reason: 'forbidden' }), {
    ok: false,
    reason: 'forbidden',
  });
  assert.deepEqual(explainFailure({ status: 'absent' }), {
    ok: false,
    reason: 'The API server knows no such place',
  });
});
