import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clockOf } from '../../../support/simulated-time.ts';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { readApi } from '../../../../src/kubernetes/client/read-api.ts';

const target = {
  url: new URL('https://127.0.0.1:1/api/v1/pods'),
  accept: 'application/json',
  bodyBytesMax: 10,
};
const clock = clockOf(() => 1000);

describe('readApi', () => {
  it('is over at the deadline although the authentication never ends', async () => {
    const authenticate = () => new Promise<never>(() => undefined);
    assert.deepEqual(
      await readApi(target, { clock, deadlineAtMs: monotonicMs(1020), authenticate }),
      {
        status: 'unavailable',
        code: 'lookup_timed_out',
        reason: 'GET /api/v1/pods had no answer before its deadline',
      },
    );
  });

  it('tells why the authentication failed', async () => {
    const reason = 'the exec plugin ended with 1';
    const authenticate = () => Promise.reject(new Error(reason));
    assert.deepEqual(
      await readApi(target, { clock, deadlineAtMs: monotonicMs(9000), authenticate }),
      {
        status: 'unavailable',
        code: 'lookup_failed',
        reason,
      },
    );
  });
});
