import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { bindGrantHolds } from '../../../src/compose/bind-grant-holds.ts';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';
import type { ApiReading } from '../../../src/kubernetes/client/cluster-client.ts';
import { approve, GRANT_ID, makeApprover, sampleGrant } from '../../support/grants.ts';
import { clockOf } from '../../support/simulated-time.ts';

const anna = await makeApprover('anna');
const mallory = await makeApprover('mallory');
const { breakGlass } = defaultConfiguration('/');
const configuration = {
  cluster: { name: 'prod-eu-1', frozen: false },
  breakGlass: {
    ...breakGlass,
    approvers: [{ name: 'anna', key: JSON.stringify(anna.key.publicJwk) }],
  },
};
const OBJECT = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'checkout',
};

async function holdOf(
  grants: ApiReading,
  {
    object = OBJECT,
    at = '2026-01-01T00:10:00Z',
    settings = configuration,
  }: {
    readonly object?: typeof OBJECT;
    readonly at?: string;
    readonly settings?: Parameters<typeof bindGrantHolds>[0];
  } = {},
) {
  const find = await bindGrantHolds(settings, {
    clock: clockOf(() => Date.parse(at)),
    client: {
      server: '',
      read: () => Promise.resolve(grants),
      write: () => Promise.resolve({ status: 'absent' }),
      watch: () => Promise.resolve({ status: 'closed' }),
      close: () => undefined,
    },
  });
  // Signatures are verified once.
  await find({ object, application: object }, monotonicMs(5000));
  return await find({ object, application: object }, monotonicMs(5000));
}

function listOf(...approvals: readonly string[]): ApiReading {
  const items = approvals.map((token, index) => ({
    metadata: { name: `g${index}` },
    spec: { approvals: [token] },
  }));
  return { status: 'read', body: { items } };
}

const FREE = { status: 'free' };
const HELD = { status: 'held', reason: `the grant ${GRANT_ID} of "alice" covers it` };

describe('bindGrantHolds', () => {
  it('holds what an open grant covers', async () => {
    const token = await approve(sampleGrant(), [anna]);
    assert.deepEqual(await holdOf(listOf('junk', token)), HELD);
  });

  it('holds nothing else, nothing before or after, and nothing by a signature of nobody', async () => {
    const { scope } = sampleGrant();
    const grant = sampleGrant({ scope: { ...scope, names: ['checkout'] } });
    const token = await approve(grant, [anna]);
    const forged = await approve(sampleGrant(), [mallory]);
    assert.deepEqual(
      [
        await holdOf(listOf(forged)),
        await holdOf(listOf(token), { at: '2026-01-01T01:00:00Z' }),
        await holdOf(listOf(token), { object: { ...OBJECT, name: 'other' } }),
        await holdOf(listOf(token), { object: { ...OBJECT, namespace: 'blog' } }),
        await holdOf(listOf(token), { object: { ...OBJECT, resource: 'statefulsets' } }),
        await holdOf({ status: 'absent' }),
      ],
      Array.from({ length: 6 }, () => FREE),
    );
  });

  it('counts neither a revoked grant nor an object that shows something else than was signed', async () => {
    const token = await approve(sampleGrant(), [anna]);
    const item = (spec: object) => ({
      status: 'read' as const,
      body: { items: [{ metadata: { name: 'g' }, spec: { approvals: [token], ...spec } }] },
    });
    const revoked = { ...configuration.breakGlass, revoked: [GRANT_ID] };
    assert.deepEqual(
      [
        await holdOf(item({ revoked: true })),
        await holdOf(item({ subject: 'bob' })),
        await holdOf(listOf(token), { settings: { ...configuration, breakGlass: revoked } }),
      ],
      [FREE, FREE, FREE],
    );
  });

  it('holds everything while grants cannot be read, and asks nobody where there can be none', async () => {
    const away = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;
    assert.deepEqual(await holdOf(away), {
      status: 'held',
      reason: 'whether a grant covers it cannot be read: it is away',
    });
    const settings = { ...configuration, breakGlass };
    assert.deepEqual(await holdOf(away, { settings }), FREE);
  });
});
