import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestHealing } from '../../../../src/drift/healing/request-healing.ts';
import type { ApiReading, ApiWriting } from '../../../../src/kubernetes/client/cluster-client.ts';
import { clockOf } from '../../../support/simulated-time.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 8);
const COLLECTION = '/api/v1/namespaces/holdfast-system/configmaps';
const PATH = `${COLLECTION}/holdfast-heal-requests`;

async function ask(reading: ApiReading, answers: readonly ApiWriting[]) {
  const left = [...answers];
  const writes: unknown[] = [];
  const reason = await requestHealing(
    {
      namespace: 'holdfast-system',
      clock: clockOf(() => NOW_MS),
      client: {
        read: () => Promise.resolve(reading),
        write: (path, { method, body }) => {
          const { metadata, data } = Object(body);
          writes.push({ method, path, metadata, data });
          return Promise.resolve(left.shift() ?? { status: 'absent' });
        },
      },
    },
    'D1',
  );
  return { reason, writes };
}

const WRITTEN: ApiWriting = { status: 'written', body: {} };
const ASKED = { D1: '2026-01-05T08:00:00.000Z' };

describe('requestHealing', () => {
  it('makes the ConfigMap, or adds to it and forgets what is over', async () => {
    const metadata = { name: 'holdfast-heal-requests', namespace: 'holdfast-system' };
    assert.deepEqual(await ask({ status: 'absent' }, [WRITTEN]), {
      reason: undefined,
      writes: [{ method: 'POST', path: COLLECTION, metadata, data: ASKED }],
    });
    const stored = { ...metadata, resourceVersion: '7' };
    const data = { old: '2026-01-05T07:00:00Z', D0: '2026-01-05T07:59:00Z' };
    const reading = { status: 'read', body: { metadata: stored, data } } as const;
    assert.deepEqual(await ask(reading, [{ status: 'conflict', reason: '' }, WRITTEN]), {
      reason: undefined,
      writes: Array.from({ length: 2 }, () => ({
        method: 'PUT',
        path: PATH,
        metadata: stored,
        data: { D0: data.D0, ...ASKED },
      })),
    });
  });

  it('says why it could not ask', async () => {
    const absent = { status: 'absent' } as const;
    const conflict = { status: 'conflict', reason: '' } as const;
    const outcomes = [
      await ask({ status: 'unavailable', code: 'lookup_failed', reason: 'it is away' }, []),
      await ask(absent, [{ status: 'refused', reason: 'forbidden' }]),
      await ask(absent, []),
      await ask(
        absent,
        Array.from({ length: 5 }, () => conflict),
      ),
    ].map(({ reason }) => reason);
    assert.deepEqual(outcomes, [
      'it is away',
      'forbidden',
      'the namespace holdfast-system is not there',
      'others write the requests at the same time, again and again',
    ]);
  });
});
