import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { createHealerToken } from '../../../../src/drift/healing/healer-account.ts';
import { HoldfastError } from '../../../../src/errors.ts';
import type { ApiWriting } from '../../../../src/kubernetes/client/cluster-client.ts';

const PATH = '/api/v1/namespaces/holdfast-system/serviceaccounts/holdfast-healer/token';

function stage(answers: readonly ApiWriting[]) {
  const left = [...answers];
  const asked: unknown[] = [];
  const time = { nowMs: 0 };
  const token = createHealerToken({
    namespace: 'holdfast-system',
    clock: { wallMs: () => 0, monotonicMs: () => monotonicMs(time.nowMs) },
    client: {
      write: (path, { method, body }) => {
        asked.push([method, path, Reflect.get(Object(body), 'spec')]);
        return Promise.resolve(left.shift() ?? { status: 'absent' });
      },
    },
  });
  return { token, asked, time };
}

function written(token: unknown): ApiWriting {
  return { status: 'written', body: { status: { token } } };
}

describe('createHealerToken', () => {
  it('asks for a token that lasts for minutes, and keeps it for some of them', async () => {
    const { token, asked, time } = stage([written('a'), written('b')]);
    const shown = [await token(), await token()];
    time.nowMs = 299_999;
    shown.push(await token());
    time.nowMs = 300_000;
    shown.push(await token());
    assert.deepEqual(shown, ['a', 'a', 'a', 'b']);
    const ask = ['POST', PATH, { expirationSeconds: 600 }];
    assert.deepEqual(asked, [ask, ask]);
  });

  it('says why there is none, and asks again', async () => {
    const { token } = stage([
      { status: 'refused', reason: 'forbidden', httpStatus: 403 },
      { status: 'absent' },
      written(''),
      { status: 'written', body: 'text' },
      written('a'),
    ]);
    const reasons = [
      'forbidden',
      'the answer was "absent"',
      'the answer was "written"',
      'the answer was "written"',
    ];
    for (const reason of reasons) {
      await assert.rejects(token(), (error) => {
        assert.ok(error instanceof HoldfastError);
        const message = `No token of the service account holdfast-system/holdfast-healer: ${reason}`;
        assert.deepEqual([error.code, error.message], ['drift_healer_refused', message]);
        return true;
      });
    }
    assert.equal(await token(), 'a');
  });
});
