import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyCall } from '../../../../src/compose/doctor/classify-call.ts';
import type { ApiWriting } from '../../../../src/kubernetes/client/cluster-client.ts';

const TABLE: readonly (readonly [string, ApiWriting, string])[] = [
  ['a write that was taken', { status: 'written', body: {} }, 'call_answered ok'],
  [
    'a denial of ours',
    {
      status: 'refused',
      httpStatus: 403,
      reason: 'admission webhook "drift.holdfast.dev" denied the request: no',
    },
    'call_answered ok',
  ],
  [
    'a webhook without an answer',
    { status: 'unavailable', reason: 'failed calling webhook "drift.holdfast.dev": x509' },
    'call_failed failed',
  ],
  [
    'the webhook of somebody else without an answer',
    { status: 'unavailable', reason: 'failed calling webhook "x.kyverno.svc": EOF' },
    'unreadable unknown',
  ],
  ['no right', { status: 'refused', httpStatus: 403, reason: 'no' }, 'not_looked_at unknown'],
  ['nobody', { status: 'refused', httpStatus: 401, reason: 'no' }, 'not_looked_at unknown'],
  ['an invalid object', { status: 'refused', httpStatus: 422, reason: 'no' }, 'unreadable unknown'],
  ['a conflict', { status: 'conflict', reason: 'no' }, 'unreadable unknown'],
  ['an absent namespace', { status: 'absent' }, 'unreadable unknown'],
];

for (const [what, writing, expected] of TABLE) {
  test(`${what} is ${expected}`, () => {
    const { code, status } = classifyCall(writing);

    assert.equal(`${code} ${status}`, expected);
  });
}
