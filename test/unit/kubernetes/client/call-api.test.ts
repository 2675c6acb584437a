import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clockOf } from '../../../support/simulated-time.ts';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { callApi, explainAnswer } from '../../../../src/kubernetes/client/call-api.ts';
import type { ApiCall } from '../../../../src/kubernetes/client/call-api.ts';

const call: ApiCall = {
  method: 'PUT',
  url: new URL('https://127.0.0.1:1/api/v1/pods?x=1'),
  headers: {},
  bodyBytesMax: 10,
};
const clock = clockOf(() => 1000);

describe('callApi', () => {
  it('is over at the deadline although the authentication never ends, and at once after it', async () => {
    const authenticate = () => new Promise<never>(() => undefined);
    const expected = {
      status: 'timed-out',
      reason: 'PUT /api/v1/pods had no answer before its deadline',
    };
    assert.deepEqual(
      await callApi(call, { clock, deadlineAtMs: monotonicMs(1020), authenticate }),
      expected,
    );
    assert.deepEqual(
      await callApi(call, { clock, deadlineAtMs: monotonicMs(1000), authenticate }),
      expected,
    );
  });

  it('tells why the authentication failed', async () => {
    const reason = 'the exec plugin ended with 1';
    const authenticate = () => Promise.reject(new Error(reason));
    assert.deepEqual(
      await callApi(call, { clock, deadlineAtMs: monotonicMs(9000), authenticate }),
      {
        status: 'failed',
        reason,
      },
    );
  });
});

describe('explainAnswer', () => {
  it('repeats the beginning of the answer and no query', () => {
    assert.equal(
      explainAnswer(call, 500, 'y'.repeat(500)),
      `The API server answered 500 to PUT /api/v1/pods: ${'y'.repeat(200)}`,
    );
  });
});
