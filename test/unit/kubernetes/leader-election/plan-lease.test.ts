import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import {
  statusAnnotation,
  formatStatusAnnotation,
} from '../../../../src/kubernetes/leader-election/parse-lease.ts';
import type { Lease } from '../../../../src/kubernetes/leader-election/parse-lease.ts';
import {
  describeHolder,
  planLease,
  planNewLease,
  planRelease,
} from '../../../../src/kubernetes/leader-election/plan-lease.ts';
import type { LeaseContext } from '../../../../src/kubernetes/leader-election/plan-lease.ts';

const NOW = Date.UTC(2026, 0, 5, 8);
const context: LeaseContext = {
  identity: 'a',
  durationMs: 15_000,
  nowMs: monotonicMs(NOW),
  wallMs: NOW,
  seenAtMs: monotonicMs(NOW),
  status: 'news',
  heartbeat: '1',
  stale: new Set(),
};
const mine = {
  [statusAnnotation('a')]: formatStatusAnnotation({ replica: 'a', heartbeat: '1', text: 'news' }),
};
const theirs = {
  [statusAnnotation('b')]: formatStatusAnnotation({ replica: 'b', heartbeat: '1', text: 'old' }),
};

function lease(holderIdentity: string, annotations: Record<string, string> = mine): Lease {
  return {
    metadata: { resourceVersion: '5', annotations },
    spec: { holderIdentity, leaseDurationSeconds: 15, renewTime: 'then', leaseTransitions: 2 },
  };
}
const what = (one: Lease, overrides: Partial<LeaseContext> = {}) =>
  planLease(one, { ...context, ...overrides }).what;

test('planLease() takes a lease without a holder, and one whose holder gave no sign for its duration', () => {
  assert.equal(what(lease('')), 'acquire');
  assert.equal(what({ metadata: {} }), 'acquire');
  assert.equal(what(lease('b'), { seenAtMs: monotonicMs(NOW - 15_000) }), 'none');
  assert.equal(what(lease('b'), { seenAtMs: monotonicMs(NOW - 15_001) }), 'acquire');
});

test('planLease() renews its own in time, with news, and where the clock was set back', () => {
  assert.equal(what(lease('a'), { seenAtMs: monotonicMs(NOW - 4999) }), 'none');
  assert.equal(what(lease('a'), { seenAtMs: monotonicMs(NOW - 5000) }), 'renew');
  assert.equal(what(lease('a'), { seenAtMs: monotonicMs(NOW + 9000) }), 'renew');
  assert.equal(what(lease('a'), { status: 'more' }), 'renew');
  assert.equal(what(lease('a', {})), 'renew');
});

test('planLease() publishes its status at another’s lease, and changes nothing else there', () => {
  const before = lease('b', theirs);
  const plan = planLease(before, { ...context, stale: new Set([statusAnnotation('b')]) });
  assert.deepEqual(plan, {
    what: 'publish',
    lease: { ...before, metadata: { ...before.metadata, annotations: { ...theirs, ...mine } } },
  });
});

test('planLease() writes who holds it since when, and removes the status of those who are gone', () => {
  const { lease: taken } = planLease(lease('', { ...theirs, 'example.com/x': 'y' }), {
    ...context,
    stale: new Set([statusAnnotation('b')]),
  });
  assert.deepEqual(taken, {
    metadata: { resourceVersion: '5', annotations: { 'example.com/x': 'y', ...mine } },
    spec: {
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      renewTime: '2026-01-05T08:00:00.000000Z',
      acquireTime: '2026-01-05T08:00:00.000000Z',
      leaseTransitions: 3,
    },
  });
  const { lease: renewed } = planLease(lease('a', {}), context);
  assert.deepEqual([renewed.spec?.leaseTransitions, renewed.spec?.['acquireTime']], [2, undefined]);
});

test('planNewLease() is ours from the beginning', () => {
  const made = planNewLease({ name: 'l', namespace: 'n' }, context);
  assert.deepEqual(
    [made['kind'], made.metadata['name'], made.spec?.holderIdentity, made.spec?.leaseTransitions],
    ['Lease', 'l', 'a', 1],
  );
});

test('planRelease() leaves nobody to wait for', () => {
  const { spec } = planRelease(lease('a'));
  assert.deepEqual([spec?.holderIdentity, spec?.leaseDurationSeconds], [undefined, 1]);
  assert.deepEqual(planRelease({ metadata: {} }).spec, { leaseDurationSeconds: 1 });
});

test('describeHolder() changes with each sign of life', () => {
  assert.equal(describeHolder(lease('a')), '["a","then",2]');
  assert.equal(describeHolder({ metadata: {} }), '[null,null,null]');
});
