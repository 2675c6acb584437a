/** The count of a grant's uses in one ConfigMap, written by several replicas at once and by clocks that do not agree. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../src/base/clock.ts';
import { nextTurn } from '../../src/base/run-steps.ts';
import { createGrantObjects } from '../../src/identity/grants/grant-objects.ts';
import type { ConnectedCluster } from '../../src/kubernetes/client/cluster-client.ts';

const LEDGERS = '/api/v1/namespaces/holdfast-system/configmaps';
const LEDGER = `${LEDGERS}/holdfast-grant-uses`;
const entry = { decisionId: 'D', object: 'deployments.apps shop/checkout', time: 'T' };

describe('two replicas that share the count of a grant', () => {
  const target = {
    path: '/api/v1/namespaces/shop/configmaps/settings',
    uid: 'u1',
    resourceVersion: '41',
  };

  /** One ConfigMap that is written against its version, as the API server does it, with time between a read and a write. */
  function shareCount(usesMax: number, wallMs: readonly number[]) {
    let stored: { readonly version: number; readonly data: unknown } | undefined;
    const monotonic = { nowMs: 0 };
    const client: ConnectedCluster = {
      server: 'https://127.0.0.1',
      read: async (path) => {
        await nextTurn();
        if (path === target.path) {
          return { status: 'read', body: { metadata: { uid: 'u1', resourceVersion: '41' } } };
        }
        if (path !== LEDGER || stored === undefined) return { status: 'absent' };
        const metadata = { resourceVersion: String(stored.version) };
        return { status: 'read', body: { metadata, data: stored.data } };
      },
      write: async (path, { body }) => {
        await nextTurn();
        const { data, metadata } = body as {
          readonly data: unknown;
          readonly metadata: { readonly resourceVersion?: string };
        };
        const isCurrent =
          path === LEDGERS
            ? stored === undefined
            : metadata.resourceVersion === String(stored?.version);
        if (!isCurrent) return { status: 'conflict', reason: 'somebody was faster' };
        stored = { version: (stored?.version ?? 0) + 1, data };
        return { status: 'written', body: {} };
      },
      watch: () => Promise.resolve({ status: 'closed' }),
      close: () => undefined,
    };
    const replicas = wallMs.map((ms) =>
      createGrantObjects({
        client,
        clock: { wallMs: () => ms, monotonicMs: () => monotonicMs(monotonic.nowMs) },
        namespace: 'holdfast-system',
        listCacheMs: 0,
        returnAfterMs: 90_000,
        firstSeenMs: new Map(),
      }),
    );
    let decisions = 0;
    const take = async (replica: number): Promise<string> => {
      decisions += 1;
      const decisionId = String(decisions);
      const wanted = { ...entry, decisionId, target, usesMax, attemptsAtLeast: 0 };
      const deadlineAtMs = monotonicMs(monotonic.nowMs + 1000);
      return (await replicas[replica]?.takeUse('G', wanted, deadlineAtMs))?.status ?? 'none';
    };
    return { take, monotonic };
  }

  it('let as many writes pass as it has uses, however many ask at once, and no more', async () => {
    const { take } = shareCount(7, [0, 0]);
    let taken = 0;
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        for (;;) {
          const status = await take(index % 2);
          if (status === 'taken') taken += 1;
          if (status === 'used-up') return;
        }
      }),
    );

    assert.equal(taken, 7);
  });

  it('give back no use before they have seen it for as long as a write may take, whatever their clocks say', async () => {
    const tenMinutes = 600_000;
    const { take, monotonic } = shareCount(1, [0, tenMinutes]);

    assert.equal(await take(0), 'taken');
    assert.equal(await take(1), 'used-up');
    monotonic.nowMs = 89_999;
    assert.deepEqual([await take(0), await take(1)], ['used-up', 'used-up']);
    monotonic.nowMs = 90_000;
    assert.equal(await take(1), 'taken');
    assert.equal(await take(0), 'used-up');
  });
});
