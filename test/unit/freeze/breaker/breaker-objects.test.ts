import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BreakerObjects } from '../../../../src/freeze/breaker/breaker-objects.ts';
import { breakerSchema } from '../../../../src/freeze/breaker/settings.ts';
import type {
  ApiReading,
  ApiWriting,
  WriteOptions,
} from '../../../../src/kubernetes/client/cluster-client.ts';
import { CREATED, EXPIRES, sampleFreeze } from '../../../support/freeze-samples.ts';
import { clockOf } from '../../../support/simulated-time.ts';

const PATH = '/apis/holdfast.dev/v1alpha1/namespaces/holdfast-system/freezes';
const NAMED = `${PATH}/breaker-errors`;
const MERGE = 'application/merge-patch+json';
const UNTIL = Date.parse(EXPIRES);
const breaker = breakerSchema.parse({
  name: 'errors',
  query: 'errors',
  openAbove: 1,
  closeBelow: 1,
  namespaces: ['shop'],
});

function objectsWith(reading: ApiReading, answers: readonly ApiWriting[]) {
  const writes: [string, Omit<WriteOptions, 'deadlineAtMs'>][] = [];
  const left = [...answers];
  const objects = new BreakerObjects({
    client: {
      read: () => Promise.resolve(reading),
      write: (path, { deadlineAtMs: _deadline, ...options }) => {
        writes.push([path, options]);
        return Promise.resolve(left.shift() ?? { status: 'absent' });
      },
    },
    clock: clockOf(() => Date.parse(CREATED)),
    namespace: 'holdfast-system',
  });
  return { objects, writes };
}

const ABSENT = { status: 'absent' } as const;
const WRITTEN = { status: 'written', body: {} } as const;
const REFUSED = { status: 'refused', reason: 'it may not' } as const;

describe('BreakerObjects', () => {
  for (const [what, reading, expected] of [
    ['halts', { status: 'read', body: sampleFreeze({ breaker: 'errors' }) }, true],
    ['has ended', { status: 'read', body: sampleFreeze({ ended: true }) }, false],
    ['is over', { status: 'read', body: sampleFreeze({ expires: CREATED }) }, false],
    ['is malformed', { status: 'read', body: {} }, false],
    ['is not there', ABSENT, false],
    [
      'cannot be read',
      { status: 'unavailable', code: 'lookup_failed', reason: 'cut off' },
      undefined,
    ],
  ] as const) {
    it(`knows that the object ${what}`, async () => {
      assert.equal(await objectsWith(reading, []).objects.isInForce(breaker), expected);
    });
  }

  it('makes the object anew each time that it opens, or changes the one that is there', async () => {
    const { objects, writes } = objectsWith(ABSENT, [ABSENT, WRITTEN, WRITTEN]);

    assert.deepEqual(await objects.begin(breaker, 'too many', UNTIL), { ok: true, isEnded: false });
    assert.deepEqual(await objects.begin(breaker, 'too many', UNTIL), { ok: true, isEnded: false });

    const spec = {
      by: 'holdfast',
      breaker: 'errors',
      reason: 'too many',
      expires: '2026-11-30T14:00:00.000Z',
      namespaces: ['shop'],
      ended: false,
    };
    const patched = { ...spec, applications: null, endedBy: null, endedReason: null };
    const patch = { method: 'PATCH', contentType: MERGE, body: { spec: patched } };
    assert.deepEqual(writes, [
      [NAMED, patch],
      [
        PATH,
        {
          method: 'POST',
          body: {
            apiVersion: 'holdfast.dev/v1alpha1',
            kind: 'Freeze',
            metadata: { name: 'breaker-errors', namespace: 'holdfast-system' },
            spec,
          },
        },
      ],
      [NAMED, patch],
    ]);
  });

  it('says that the kind is not installed, and why it may not', async () => {
    assert.deepEqual(await objectsWith(ABSENT, []).objects.begin(breaker, 'r', UNTIL), {
      ok: false,
      reason: 'the kind Freeze is not installed: apply deploy/base/freeze.yaml',
    });
    for (const answers of [[REFUSED], [ABSENT, REFUSED]]) {
      assert.deepEqual(await objectsWith(ABSENT, answers).objects.begin(breaker, 'r', UNTIL), {
        ok: false,
        reason: 'it may not',
      });
    }
  });

  it('renews its end alone, and sees that a person has ended it', async () => {
    const ended = { status: 'written', body: sampleFreeze({ ended: true }) } as const;
    const { objects, writes } = objectsWith(ABSENT, [WRITTEN, ended, ABSENT, ABSENT, WRITTEN]);
    assert.deepEqual(await objects.renew(breaker, 'r', UNTIL), { ok: true, isEnded: false });
    assert.deepEqual(await objects.renew(breaker, 'r', UNTIL), { ok: true, isEnded: true });
    const body = { spec: { reason: 'r', expires: '2026-11-30T14:00:00.000Z' } };
    assert.deepEqual(writes[0], [NAMED, { method: 'PATCH', contentType: MERGE, body }]);
    // Somebody has deleted it.
    assert.deepEqual(await objects.renew(breaker, 'r', UNTIL), { ok: true, isEnded: false });
    assert.equal(writes.at(-1)?.[1].method, 'POST');
  });

  it('ends it, and takes one that is not there for ended', async () => {
    const { objects, writes } = objectsWith(ABSENT, [WRITTEN, ABSENT, REFUSED]);
    assert.deepEqual(await objects.end(breaker, 'good'), { ok: true, isEnded: false });
    assert.deepEqual(writes[0]?.[1].body, {
      spec: { ended: true, endedBy: 'holdfast', endedReason: 'good' },
    });
    assert.deepEqual(await objects.end(breaker, 'good'), { ok: true, isEnded: true });
    assert.deepEqual(await objects.end(breaker, 'good'), { ok: false, reason: 'it may not' });
  });
});
