import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs, type MonotonicMs } from '../../../../src/base/clock.ts';
import {
  noteUse,
  settleUses,
  type GrantUseEntry,
} from '../../../../src/identity/grants/settle-uses.ts';
import type { ApiReading } from '../../../../src/kubernetes/client/cluster-client.ts';
import type { WatchEnd } from '../../../../src/kubernetes/watch/open-watch.ts';
import { clockOf } from '../../../support/simulated-time.ts';

const DEADLINE = monotonicMs(1_000_000);
const target = {
  path: '/apis/apps/v1/namespaces/shop/deployments/checkout',
  uid: 'u1',
  resourceVersion: '41',
  next: 'deleted',
};
const entry: GrantUseEntry = { decisionId: 'D', object: 'o', time: 'T', target };
const closed: WatchEnd = { status: 'closed' };
const OTHERS = eventOf({ uid: 'u1', resourceVersion: '42' });
const OURS = eventOf({ uid: 'u1', resourceVersion: '42', deletionTimestamp: 'T' });

interface World {
  readonly reading?: ApiReading;
  readonly lines?: readonly string[];
  readonly end?: WatchEnd;
  readonly ageMs?: number;
}

function live(resourceVersion: string, uid = 'u1'): ApiReading {
  return { status: 'read', body: { metadata: { uid, resourceVersion } } };
}

function eventOf(metadata: object): string {
  return JSON.stringify({ type: 'MODIFIED', object: { metadata } });
}

async function settle(entries: readonly GrantUseEntry[], world: World) {
  const { reading = live('42'), lines = [], end = closed, ageMs = 0 } = world;
  const reads: string[] = [];
  const watches: string[] = [];
  const firstSeenMs = new Map<string, MonotonicMs>([['D', monotonicMs(0)]]);
  const options = {
    clock: clockOf(() => ageMs),
    returnAfterMs: 90_000,
    firstSeenMs,
    client: {
      read: (path: string) => {
        reads.push(path);
        return Promise.resolve(reading);
      },
      watch: (
        path: string,
        { onOpen, onLine }: { onOpen: () => void; onLine: (line: string) => boolean },
      ) => {
        watches.push(path);
        onOpen();
        lines.every((line) => onLine(line));
        return Promise.resolve(end);
      },
    },
  };
  const settled = await settleUses(options, entries, DEADLINE);
  return { settled, reads, watches, firstSeenMs };
}

describe('settleUses()', () => {
  const outcomes: readonly (readonly [string, World, object])[] = [
    ['waits for a write that may still be made', { reading: live('41'), ageMs: 89_999 }, {}],
    [
      'gives back what is never made any more',
      { reading: live('41'), ageMs: 90_000 },
      { returned: true },
    ],
    [
      'gives back at once where the next version is of somebody else',
      { lines: [OTHERS, OURS] },
      { returned: true },
    ],
    ['keeps what was made, whatever was written since', { lines: [OURS, OTHERS] }, { kept: true }],
    [
      'keeps what is about an object that has gone',
      { reading: { status: 'absent' }, ageMs: 90_000 },
      { kept: true },
    ],
    [
      'keeps what is about an object whose name is taken again',
      { reading: live('41', 'u2'), lines: ['{}'] },
      { kept: true },
    ],
    [
      'keeps what is about an object that is garbled',
      { reading: { status: 'read', body: 7 }, lines: [OURS] },
      { kept: true },
    ],
    [
      'waits where the object cannot be read',
      {
        reading: { status: 'unavailable', code: 'lookup_timed_out', reason: 'slow' },
        ageMs: 90_000,
      },
      {},
    ],
    ['waits where the next version is not told in time', { end: { status: 'silent' } }, {}],
    [
      'keeps where the next version is no more known',
      { end: { status: 'refused', code: 410, reason: 'too old' } },
      { kept: true },
    ],
    [
      'waits where the API server is busy',
      { end: { status: 'refused', code: 429, reason: 'busy' } },
      {},
    ],
  ];
  for (const [what, world, outcome] of outcomes) {
    it(what, async () => {
      const { settled, firstSeenMs } = await settle([entry], world);

      assert.deepEqual(settled, [{ ...entry, ...outcome }]);
      assert.equal(firstSeenMs.has('D'), Object.keys(outcome).length === 0);
    });
  }

  it('asks for what follows the version of before', async () => {
    const { reads, watches } = await settle([entry], { lines: [OURS] });

    assert.deepEqual(reads, [target.path]);
    assert.deepEqual(watches, [
      '/apis/apps/v1/namespaces/shop/deployments?watch=1&fieldSelector=metadata.name%3Dcheckout&resourceVersion=41',
    ]);
  });

  it('keeps a changed object whose next version cannot be told, without a watch', async () => {
    const { next: _next, ...unknown } = target;
    const { settled, watches } = await settle([{ ...entry, target: unknown }], { lines: [OTHERS] });

    assert.deepEqual(settled, [{ ...entry, target: unknown, kept: true }]);
    assert.deepEqual(watches, []);
  });

  it('asks nothing of what is settled or cannot be', async () => {
    const { target: _target, ...without } = entry;
    const entries: readonly GrantUseEntry[] = [
      without,
      { ...entry, returned: true },
      { ...entry, kept: true },
    ];
    const { settled, reads } = await settle(entries, { lines: [OTHERS] });

    assert.deepEqual(settled, entries);
    assert.deepEqual(reads, []);
  });

  it('begins the time of what another replica has counted when it sees it first', async () => {
    const unseen = { ...entry, decisionId: 'E' };
    const { settled, firstSeenMs } = await settle([unseen], {
      reading: live('41'),
      ageMs: 500_000,
    });

    assert.deepEqual(settled, [unseen]);
    assert.equal(firstSeenMs.get('E'), 500_000);
  });

  it('looks at twenty objects at most', async () => {
    const { reads } = await settle(
      Array.from({ length: 30 }, () => entry),
      { lines: [OURS] },
    );

    assert.equal(reads.length, 20);
  });
});

describe('noteUse()', () => {
  it('forgets the first of ten thousand', () => {
    const noted = new Map<string, MonotonicMs>();
    for (let index = 0; index <= 10_000; index += 1) noteUse(noted, String(index), monotonicMs(1));

    assert.deepEqual([noted.size, noted.has('0'), noted.has('1')], [10_000, false, true]);
  });
});
