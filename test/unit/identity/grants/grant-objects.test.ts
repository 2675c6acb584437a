import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clockOf } from '../../../support/simulated-time.ts';
import { monotonicMs } from '../../../../src/base/clock.ts';
import type {
  ApiReading,
  ApiWriting,
  ConnectedCluster,
  WriteOptions,
} from '../../../../src/kubernetes/client/cluster-client.ts';
import { approve, GRANT_ID, makeApprover, sampleGrant } from '../../../support/grants.ts';
import { createGrantObjects } from '../../../../src/identity/grants/grant-objects.ts';

const DEADLINE = monotonicMs(1000);
const LIST = '/apis/holdfast.dev/v1alpha1/namespaces/holdfast-system/breakglassgrants?limit=500';
const LEDGERS = '/api/v1/namespaces/holdfast-system/configmaps';
const LEDGER = `${LEDGERS}/holdfast-grant-uses`;
const outage = { status: 'unavailable', code: 'lookup_timed_out', reason: 'no answer' } as const;
const entry = { decisionId: 'D', object: 'deployments.apps shop/checkout', time: 'T' };
const use = { ...entry, usesMax: 3, attemptsAtLeast: 0 };

interface World {
  readonly reads?: Readonly<Record<string, ApiReading>>;
  /** Answered in this order; the last one again and again. */
  readonly writes?: readonly ApiWriting[];
}

function objectsOf({ reads = {}, writes = [{ status: 'written', body: {} }] }: World) {
  const asked: string[] = [];
  const written: [string, WriteOptions][] = [];
  const time = { nowMs: 0 };
  const client: ConnectedCluster = {
    server: 'https://127.0.0.1',
    read: (path) => {
      asked.push(path);
      return Promise.resolve(reads[path] ?? { status: 'absent' });
    },
    write: (path, options) => {
      const answer = writes[Math.min(written.length, writes.length - 1)];
      written.push([path, options]);
      assert.ok(answer);
      return Promise.resolve(answer);
    },
    watch: () => Promise.resolve({ status: 'closed' }),
    close: () => undefined,
  };
  const objects = createGrantObjects({
    client,
    clock: clockOf(() => time.nowMs),
    namespace: 'holdfast-system',
    listCacheMs: 1000,
    returnAfterMs: 90_000,
    firstSeenMs: new Map(),
  });
  return { objects, asked, written, time };
}

function ledger(data: Readonly<Record<string, string>> | null): Record<string, ApiReading> {
  return { [LEDGER]: { status: 'read', body: { metadata: { resourceVersion: '7' }, data } } };
}

describe('createGrantObjects() list', () => {
  const items = [
    { metadata: { name: 'a' }, spec: { approvals: ['x.y.z', 'u.v.w'] } },
    { metadata: { name: 'b' }, spec: { approvals: ['k.l.m'], revoked: true } },
    { metadata: { name: 'broken' }, spec: { approvals: 'all' } },
  ];

  it('reads the grants that can be read, and leaves out the others', async () => {
    const { objects } = objectsOf({ reads: { [LIST]: { status: 'read', body: { items } } } });

    assert.deepEqual(await objects.list(DEADLINE), {
      status: 'known',
      grants: [
        { name: 'a', token: 'x.y.z u.v.w', revoked: false, ids: [], misleads: false },
        { name: 'b', token: 'k.l.m', revoked: true, ids: [], misleads: false },
      ],
    });
  });

  it('says whose grant an object is, and which, without believing it', async () => {
    const token = await approve(sampleGrant(), [await makeApprover('stranger')]);
    const item = { metadata: { name: 'a' }, spec: { approvals: [token], revoked: true } };
    const { objects } = objectsOf({
      reads: { [LIST]: { status: 'read', body: { items: [item] } } },
    });

    assert.deepEqual(await objects.list(DEADLINE), {
      status: 'known',
      grants: [
        { name: 'a', token, revoked: true, ids: [GRANT_ID], misleads: false, subject: 'alice' },
      ],
    });
  });

  it('says of an object that shows something else than was signed that it misleads', async () => {
    const token = await approve(sampleGrant(), [await makeApprover('anna')]);
    const spec = { approvals: [token], revoked: true, subject: 'bob', uses: 'many' };
    const { objects } = objectsOf({
      reads: { [LIST]: { status: 'read', body: { items: [{ metadata: { name: 'a' }, spec }] } } },
    });

    assert.deepEqual(await objects.list(DEADLINE), {
      status: 'known',
      grants: [
        { name: 'a', token, revoked: true, ids: [GRANT_ID], misleads: true, subject: 'alice' },
      ],
    });
  });

  it('reads every page, so that nothing hides behind the first one', async () => {
    const junk = Array.from({ length: 500 }, (_, index) => ({
      metadata: { name: `junk-${String(index)}` },
      spec: { approvals: ['x.y.z'] },
    }));
    const { objects } = objectsOf({
      reads: {
        [LIST]: { status: 'read', body: { metadata: { continue: 'more' }, items: junk } },
        [`${LIST}&continue=more`]: { status: 'read', body: { items } },
      },
    });

    const list = await objects.list(DEADLINE);

    assert.equal(list.status, 'known');
    assert.equal(list.grants.length, 502);
    assert.equal(list.grants.at(-1)?.revoked, true);
  });

  it('does not take some pages for all of them', async () => {
    const { objects } = objectsOf({
      reads: {
        [LIST]: { status: 'read', body: { metadata: { continue: 'more' }, items } },
        [`${LIST}&continue=more`]: outage,
      },
    });

    assert.deepEqual(await objects.list(DEADLINE), outage);
  });

  it('gives up on too many, for as long as on any other answer', async () => {
    const page = Array.from({ length: 500 }, (_, index) => ({
      metadata: { name: `junk-${String(index)}` },
      spec: { approvals: [] },
    }));
    const endless = { metadata: { continue: 'more' }, items: page };
    const { objects, asked } = objectsOf({
      reads: {
        [LIST]: { status: 'read', body: endless },
        [`${LIST}&continue=more`]: { status: 'read', body: endless },
      },
    });

    const tooMany = await objects.list(DEADLINE);
    await objects.list(DEADLINE);

    assert.deepEqual(tooMany, {
      status: 'unavailable',
      code: 'lookup_failed',
      reason:
        'GET /apis/holdfast.dev/v1alpha1/namespaces/holdfast-system/breakglassgrants holds more than 5000 objects; delete those that nobody needs',
    });
    assert.equal(asked.length, 11);
  });

  it('asks once for a storm of refusals, and again when the answer has aged', async () => {
    const { objects, asked, time } = objectsOf({
      reads: { [LIST]: { status: 'read', body: { items } } },
    });

    await objects.list(DEADLINE);
    await objects.list(DEADLINE);
    assert.equal(asked.length, 1);
    time.nowMs = 1001;
    await objects.list(monotonicMs(2000));

    assert.equal(asked.length, 2);
  });

  it('knows of no grants where the kind is not installed', async () => {
    assert.deepEqual(await objectsOf({}).objects.list(DEADLINE), {
      status: 'known',
      grants: [],
    });
  });

  it('passes on that the list could not be read, and does not remember that', async () => {
    const { objects, asked } = objectsOf({ reads: { [LIST]: outage } });

    assert.deepEqual(await objects.list(DEADLINE), outage);
    await objects.list(DEADLINE);
    assert.equal(asked.length, 2);
  });

  it('does not take something else for an empty list', async () => {
    const { objects } = objectsOf({ reads: { [LIST]: { status: 'read', body: 'none' } } });

    assert.deepEqual(await objects.list(DEADLINE), {
      status: 'unavailable',
      code: 'lookup_failed',
      reason:
        'The answer to GET /apis/holdfast.dev/v1alpha1/namespaces/holdfast-system/breakglassgrants is no list',
    });
  });
});

describe('createGrantObjects() takeUse', () => {
  it('makes the count with the first use', async () => {
    const { objects, written } = objectsOf({});

    assert.deepEqual(await objects.takeUse('G', use, DEADLINE), {
      status: 'taken',
      use: 1,
      attempts: 1,
    });
    assert.deepEqual(written, [
      [
        LEDGERS,
        {
          method: 'POST',
          deadlineAtMs: DEADLINE,
          body: {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'holdfast-grant-uses', namespace: 'holdfast-system' },
            data: { G: JSON.stringify([entry]) },
          },
        },
      ],
    ]);
  });

  it('adds a use to those that are counted, against the version it has read', async () => {
    const { objects, written } = objectsOf({
      reads: ledger({ G: JSON.stringify([entry]), H: '[]' }),
    });

    assert.deepEqual(await objects.takeUse('G', use, DEADLINE), {
      status: 'taken',
      use: 2,
      attempts: 2,
    });
    assert.equal(written[0]?.[0], LEDGER);
    assert.deepEqual(written[0][1].body, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'holdfast-grant-uses', namespace: 'holdfast-system', resourceVersion: '7' },
      data: { G: JSON.stringify([entry, entry]), H: '[]' },
    });
  });

  it('takes none where all are taken', async () => {
    const reads = ledger({ G: JSON.stringify([entry, entry, entry]) });
    const { objects, written } = objectsOf({ reads });

    assert.deepEqual(await objects.takeUse('G', use, DEADLINE), { status: 'used-up' });
    assert.deepEqual(written, []);
  });

  it('does not start again at zero where somebody has deleted the count', async () => {
    const { objects } = objectsOf({ reads: ledger(null) });

    assert.deepEqual(await objects.takeUse('G', { ...use, attemptsAtLeast: 2 }, DEADLINE), {
      status: 'taken',
      use: 3,
      attempts: 3,
    });
    assert.deepEqual(await objects.takeUse('G', { ...use, attemptsAtLeast: 3 }, DEADLINE), {
      status: 'used-up',
    });
  });

  const target = {
    path: '/apis/apps/v1/namespaces/shop/deployments/checkout',
    uid: 'u1',
    resourceVersion: '41',
  };
  const unmade = { ...entry, target };
  const live = (resourceVersion: string): Record<string, ApiReading> => ({
    [target.path]: { status: 'read', body: { metadata: { uid: 'u1', resourceVersion } } },
  });
  const countOf = (options: WriteOptions | undefined): unknown => {
    const body = options?.body as { readonly data: Readonly<Record<string, string>> };
    return JSON.parse(body.data['G'] ?? '');
  };

  it('gives back what was not made 90 s after it was first seen, and takes it again', async () => {
    const reads = { ...ledger({ G: JSON.stringify([unmade, entry, entry]) }), ...live('41') };
    const { objects, written, time } = objectsOf({ reads });

    assert.deepEqual(await objects.takeUse('G', use, DEADLINE), { status: 'used-up' });
    time.nowMs = 90_000;
    assert.deepEqual(await objects.takeUse('G', { ...use, attemptsAtLeast: 3 }, DEADLINE), {
      status: 'taken',
      use: 3,
      attempts: 4,
    });
    assert.equal(written.length, 1);
    assert.deepEqual(countOf(written[0]?.[1]), [
      { ...unmade, returned: true },
      entry,
      entry,
      entry,
    ]);
  });

  it('counts its own use from when it took it', async () => {
    const world: Record<string, ApiReading> = { ...live('41') };
    const { objects, written, time } = objectsOf({ reads: world });
    await objects.takeUse('G', { ...use, target, usesMax: 1 }, DEADLINE);
    Object.assign(world, ledger({ G: JSON.stringify(countOf(written[0]?.[1])) }));
    time.nowMs = 90_000;

    assert.deepEqual(await objects.takeUse('G', { ...use, usesMax: 1 }, monotonicMs(100_000)), {
      status: 'taken',
      use: 1,
      attempts: 2,
    });
  });

  it('writes what it has found out where no use is left, too, and only once', async () => {
    const made = { ...unmade, target: { ...target } };
    const reads = { ...ledger({ G: JSON.stringify([made, entry, entry]) }), ...live('42') };
    const { objects, written } = objectsOf({ reads });

    assert.deepEqual(await objects.takeUse('G', use, DEADLINE), { status: 'used-up' });
    assert.deepEqual(
      written.map(([, options]) => countOf(options)),
      [[{ ...made, kept: true }, entry, entry]],
    );
  });

  const old = JSON.stringify([{ ...entry, time: '1970-01-01T00:00:00.000Z' }]);
  it('leaves out of a count that has grown the grants that have ended, and no others', async () => {
    const young = JSON.stringify([{ ...entry, time: '1970-01-05T00:00:00.000Z' }]);
    const large = JSON.stringify([{ ...entry, object: 'x'.repeat(512 * 1024) }]);
    const { objects, written, time } = objectsOf({
      reads: ledger({ G: '[]', OLD: old, YOUNG: young, LARGE: large, GARBLED: '7' }),
    });
    time.nowMs = 8 * 24 * 60 * 60 * 1000;

    await objects.takeUse('G', use, monotonicMs(time.nowMs + 1000));

    const body = written[0]?.[1].body as { readonly data: Readonly<Record<string, string>> };
    assert.deepEqual(Object.keys(body.data).toSorted(), ['G', 'GARBLED', 'LARGE', 'YOUNG']);
  });

  it('leaves out nothing of a small count', async () => {
    const { objects, written, time } = objectsOf({ reads: ledger({ G: '[]', OLD: old }) });
    time.nowMs = 8 * 24 * 60 * 60 * 1000;

    await objects.takeUse('G', use, monotonicMs(time.nowMs + 1000));

    const body = written[0]?.[1].body as { readonly data: Readonly<Record<string, string>> };
    assert.deepEqual(Object.keys(body.data), ['G', 'OLD']);
  });

  it('takes no more than five attempts for each use, whatever was given back', async () => {
    const tried = Array.from({ length: 15 }, () => ({ ...unmade, returned: true }));
    const { objects } = objectsOf({ reads: ledger({ G: JSON.stringify(tried) }) });

    assert.deepEqual(await objects.takeUse('G', use, DEADLINE), { status: 'used-up' });
  });

  for (const garbled of ['three', '{"uses":3}']) {
    it(`does not take the garbled count ${garbled} for zero`, async () => {
      const { objects } = objectsOf({ reads: ledger({ G: garbled }) });

      assert.deepEqual(await objects.takeUse('G', use, DEADLINE), {
        status: 'unavailable',
        code: 'lookup_failed',
        reason: 'The count of uses of grant G cannot be read',
      });
    });
  }

  it('tries again where another replica was faster', async () => {
    const { objects, written } = objectsOf({
      writes: [
        { status: 'conflict', reason: 'somebody wrote' },
        { status: 'absent' },
        { status: 'written', body: {} },
      ],
    });

    assert.deepEqual(await objects.takeUse('G', use, DEADLINE), {
      status: 'taken',
      use: 1,
      attempts: 1,
    });
    assert.equal(written.length, 3);
  });

  it('gives up where others are faster again and again', async () => {
    const { objects, written } = objectsOf({ writes: [{ status: 'conflict', reason: 'x' }] });

    assert.equal((await objects.takeUse('G', use, DEADLINE)).status, 'unavailable');
    assert.equal(written.length, 5);
  });

  const failures: readonly (readonly [string, World, string])[] = [
    ['the count cannot be read', { reads: { [LEDGER]: outage } }, 'no answer'],
    [
      'the count is no ConfigMap',
      { reads: { [LEDGER]: { status: 'read', body: {} } } },
      'The ConfigMap that counts uses cannot be read',
    ],
    [
      'the count may not be written',
      { writes: [{ status: 'refused', reason: 'forbidden' }] },
      'forbidden',
    ],
    [
      'nobody knows whether it was written',
      { writes: [{ status: 'unavailable', reason: 'cut off' }] },
      'cut off',
    ],
  ];
  for (const [when, world, reason] of failures) {
    it(`takes none where ${when}`, async () => {
      const taken = await objectsOf(world).objects.takeUse('G', use, DEADLINE);

      assert.equal(taken.status === 'unavailable' && taken.reason, reason);
    });
  }
});

describe('createGrantObjects() readUses', () => {
  it('reads the uses of every grant', async () => {
    const { objects } = objectsOf({ reads: ledger({ G: JSON.stringify([entry]), H: 'garbled' }) });

    assert.deepEqual(
      await objects.readUses(DEADLINE),
      new Map([
        ['G', [entry]],
        ['H', []],
      ]),
    );
  });

  it('passes on that they could not be read', async () => {
    const { objects } = objectsOf({ reads: { [LEDGER]: outage } });

    assert.deepEqual(await objects.readUses(DEADLINE), outage);
  });
});
