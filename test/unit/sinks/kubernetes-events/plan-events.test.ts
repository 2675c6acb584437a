import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planEvents } from '../../../../src/sinks/kubernetes-events/plan-events.ts';
import { sampleEntry, sampleRecord, UNENFORCED } from '../../../support/journal-entries.ts';

const { object } = sampleRecord(1);

test('planEvents() says of one denial what kubectl describe shows', () => {
  const [plan] = planEvents([sampleEntry(1, { object: { ...object, uid: 'u-1' } })]);

  assert.match(plan?.name ?? '', /^holdfast\.[0-9a-f]{32}$/u);
  assert.deepEqual(plan, {
    name: plan?.name,
    namespace: 'shop',
    sequences: [1],
    times: ['2026-01-05T08:00:01.000000Z'],
    fixed: {
      reportingController: 'holdfast.dev/webhook',
      reportingInstance: 'holdfast-0',
      action: 'Denied',
      reason: 'ManagedObjectChanged',
      type: 'Warning',
      note: 'alice: deployments.apps shop/checkout changes only through Git\nspec.replicas: 2 → 5',
      regarding: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'checkout-1',
        namespace: 'shop',
        uid: 'u-1',
      },
    },
  });
});

test('planEvents() makes no Event of counted refusals of different objects', () => {
  const { time } = sampleRecord(1);
  const counts = { part: 1, count: 42, first: time, last: time, requestUids: [] };
  const entries = (['request', 'code'] as const).map((by, index) =>
    sampleEntry(index, { object, folded: { by, ...counts } }),
  );

  assert.deepEqual(
    planEvents(entries).map(({ sequences }) => sequences),
    [[0]],
  );
});

test('planEvents() makes one Event of a retry loop, and one for each object, user and reason', () => {
  const plans = planEvents([
    sampleEntry(1, { object }),
    sampleEntry(2, { object }),
    sampleEntry(3),
    sampleEntry(4, { object, user: { username: 'bob', groups: [], extra: {} } }),
    sampleEntry(5, { object, code: 'other_reason' }),
    sampleEntry(6, { object, replica: 'holdfast-1' }),
    sampleEntry(7, { object }),
  ]);

  assert.deepEqual(
    plans.map(({ sequences }) => sequences),
    [[1, 2, 7], [3], [4], [5], [6]],
  );
  assert.equal(new Set(plans.map(({ name }) => name)).size, 5);
  assert.equal(planEvents([sampleEntry(9, { object })])[0]?.name, plans[0]?.name);
});

test('planEvents() tells of cluster objects, namespaces and core kinds in the namespace default', () => {
  const plans = planEvents([
    sampleEntry(1, {
      allowed: true,
      policies: [],
      object: { ...object, group: '', resource: 'nodes', kind: 'Node', namespace: '', name: 'n1' },
    }),
    sampleEntry(2, {
      object: {
        ...object,
        group: '',
        resource: 'namespaces',
        kind: 'Namespace',
        namespace: 'shop',
        name: 'shop',
      },
    }),
    sampleEntry(3, { object: { ...object, subresource: 'scale', kind: 'Scale' } }),
  ]);

  assert.deepEqual(
    plans.map(({ namespace, fixed }) => [namespace, fixed['type'], fixed['regarding']]),
    [
      ['default', 'Normal', { apiVersion: 'v1', kind: 'Node', name: 'n1' }],
      ['default', 'Warning', { apiVersion: 'v1', kind: 'Namespace', name: 'shop' }],
      [
        'shop',
        'Warning',
        {
          apiVersion: 'apps/v1',
          kind: 'Scale',
          name: 'checkout-1',
          namespace: 'shop',
          fieldPath: 'scale',
        },
      ],
    ],
  );
});

test('planEvents() leaves out dry runs, Events themselves and notes of our own', () => {
  const event = { ...object, group: 'events.k8s.io', resource: 'events', kind: 'Event' };
  const note = { ...object, group: 'holdfast.dev', resource: 'journalentries' };

  assert.deepEqual(
    planEvents([
      sampleEntry(1, { dryRun: true }),
      sampleEntry(2, { object: event }),
      sampleEntry(3, { object: note }),
    ]),
    [],
  );
  assert.equal(planEvents([sampleEntry(4, { object: { ...note, resource: 'others' } })]).length, 1);
});

test('planEvents() keeps what people choose within the lengths of the API, in whole characters', () => {
  const [plan] = planEvents([
    sampleEntry(1, { message: `x${'€'.repeat(1000)}`, replica: 'r'.repeat(200), code: '' }),
  ]);
  const [nameless] = planEvents([sampleEntry(1, { replica: '' })]);

  const note = String(plan?.fixed['note']);
  assert.ok(Buffer.byteLength(note) <= 1024 && Buffer.byteLength(note) > 1020);
  assert.ok(note.endsWith('€'));
  assert.equal(plan?.fixed['reportingInstance'], 'r'.repeat(128));
  assert.equal(plan?.fixed['reason'], 'None');
  assert.equal(nameless?.fixed['reportingInstance'], 'unknown');
});

test('planEvents() alarms nobody with what the mode audit keeps quiet, and says what it was', () => {
  const [plan] = planEvents([sampleEntry(1, UNENFORCED)]);

  assert.partialDeepStrictEqual(plan?.fixed, {
    action: 'Audited',
    reason: 'ManagedObjectChanged',
    type: 'Normal',
    note: 'alice: Change it in Git',
  });
});
