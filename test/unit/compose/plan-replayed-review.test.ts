import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WriterWrite } from '../../../src/audit/report/writer-writes.ts';
import {
  classifyUnreplayable,
  planReplayedReview,
} from '../../../src/compose/plan-replayed-review.ts';

const WRITE: WriterWrite = {
  decisionId: '01J',
  time: '2026-11-20T08:00:00.000Z',
  operation: 'UPDATE',
  dryRun: false,
  user: { username: 'argocd', groups: [], extra: {} },
  actor: { class: 'gitops' },
  object: {
    group: 'apps',
    version: 'v1',
    resource: 'deployments',
    subresource: '',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'a',
  },
};

type Paths = NonNullable<WriterWrite['change']>['paths'];

const LIVE = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a', namespace: 'shop', labels: { x: 'y' } },
  spec: { replicas: 5, paused: true, containers: [{ name: 'app', image: 'b:2' }], ports: [1, 2] },
};

/** The stored object of the review; `null` for a create. */
function before(...paths: Paths): unknown {
  const planned = planReplayedReview({ ...WRITE, change: { paths } }, LIVE);
  assert.ok(planned.ok);
  const { request } = planned.review as { request: { operation: string; oldObject: unknown } };
  assert.equal(request.operation, planned.operation);
  assert.equal(planned.operation, request.oldObject === null ? 'CREATE' : 'UPDATE');
  return request.oldObject;
}

for (const [what, path, spec] of [
  [
    'a number',
    { segments: ['spec', 'replicas'], kind: 'changed', from: '2' },
    { ...LIVE.spec, replicas: 2 },
  ],
  [
    'a boolean',
    { segments: ['spec', 'paused'], kind: 'changed', from: 'false' },
    { ...LIVE.spec, paused: false },
  ],
  [
    'a field of a list item',
    { segments: ['spec', 'containers', 'app', 'image'], kind: 'changed', from: 'b:1' },
    { ...LIVE.spec, containers: [{ name: 'app', image: 'b:1' }] },
  ],
  [
    'a field that was added',
    { segments: ['spec', 'paused'], kind: 'added' },
    { replicas: 5, containers: LIVE.spec.containers, ports: [1, 2] },
  ],
  [
    'an item that was added',
    { segments: ['spec', 'containers', 'app'], kind: 'added' },
    { ...LIVE.spec, containers: [] },
  ],
  [
    'an item by its index',
    { segments: ['spec', 'ports', 1], kind: 'added' },
    { ...LIVE.spec, ports: [1] },
  ],
  [
    'a field that was removed',
    { segments: ['spec', 'strategy'], kind: 'removed', from: 'Recreate' },
    { ...LIVE.spec, strategy: 'Recreate' },
  ],
  [
    'a value that was hidden',
    { segments: ['spec', 'replicas'], kind: 'changed', from: '(hidden 00)' },
    { ...LIVE.spec, replicas: 0 },
  ],
  [
    'a text that was cut',
    { segments: ['spec', 'containers', 'app', 'image'], kind: 'changed' },
    { ...LIVE.spec, containers: [{ name: 'app', image: '' }] },
  ],
  [
    'a list item with a value',
    { segments: ['spec', 'ports', 1], kind: 'changed', from: '3' },
    { ...LIVE.spec, ports: [1, 3] },
  ],
] as const) {
  test(`${what} is taken back`, () => {
    assert.deepEqual(before(path), { ...LIVE, spec });
  });
}

for (const [what, paths] of [
  ['nothing was recorded', []],
  ['a field is gone', [{ segments: ['spec', 'gone', 'field'], kind: 'changed', from: '1' }]],
  ['an added field is gone', [{ segments: ['spec', 'gone'], kind: 'added' }]],
  ['a list item is gone', [{ segments: ['spec', 'containers', 'x', 'y'], kind: 'added' }]],
  ['an added item of a list is gone', [{ segments: ['spec', 'containers', 'x'], kind: 'added' }]],
  ['an index is beyond the list', [{ segments: ['spec', 'ports', 2], kind: 'added' }]],
  [
    'a changed item is beyond the list',
    [{ segments: ['spec', 'ports', 2], kind: 'changed', from: '3' }],
  ],
  ['an object became a number', [{ segments: ['spec', 'replicas', 'x'], kind: 'added' }]],
  [
    'a changed object became a number',
    [{ segments: ['spec', 'replicas', 'x'], kind: 'changed', from: '1' }],
  ],
  ['a path is empty', [{ segments: [], kind: 'changed' }]],
  ['a path leads to a prototype', [{ segments: ['__proto__', 'x'], kind: 'removed', from: '1' }]],
  ['a key is the prototype', [{ segments: ['spec', '__proto__'], kind: 'removed', from: '1' }]],
] as const) {
  test(`a create is judged where ${what}`, () => {
    assert.equal(before(...paths), null);
  });
}

for (const [what, write, review] of [
  [
    'an update is an update with the stored object of then',
    {
      ...WRITE,
      change: { paths: [{ segments: ['spec', 'replicas'], kind: 'changed', from: '2' }] },
    },
    {
      operation: 'UPDATE',
      namespace: 'shop',
      oldObject: { ...LIVE, spec: { ...LIVE.spec, replicas: 2 } },
      options: { kind: 'UpdateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  ],
  [
    'an update without its change is a create',
    WRITE,
    {
      operation: 'CREATE',
      namespace: 'shop',
      oldObject: null,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  ],
  [
    'a create of an object without a namespace is a create without one',
    { ...WRITE, operation: 'CREATE', object: { ...WRITE.object, namespace: '' } },
    {
      operation: 'CREATE',
      oldObject: null,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  ],
] as const) {
  test(`the review of ${what}`, () => {
    const kind = { group: 'apps', version: 'v1', kind: 'Deployment' };
    const resource = { group: 'apps', version: 'v1', resource: 'deployments' };

    assert.deepEqual(planReplayedReview(write, LIVE), {
      ok: true,
      operation: review.operation,
      review: {
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        request: {
          uid: '01J',
          kind,
          resource,
          requestKind: kind,
          requestResource: resource,
          name: 'a',
          userInfo: { username: 'argocd', groups: [], extra: {} },
          object: LIVE,
          dryRun: false,
          ...review,
        },
      },
    });
  });
}

test('the live object is left as it is', () => {
  const live = structuredClone(LIVE);
  before({ segments: ['spec', 'replicas'], kind: 'changed', from: '2' });

  assert.deepEqual(LIVE, live);
});

for (const [live, reason] of [
  [[], 'the answer of the API server is no object'],
  [{ kind: 'Status' }, 'the answer of the API server is no object'],
  [
    { ...LIVE, metadata: { deletionTimestamp: '2026-11-20T08:00:00Z' } },
    'the object is being deleted',
  ],
] as const) {
  test(`there is no review of ${JSON.stringify(live).slice(0, 40)}`, () => {
    assert.deepEqual(planReplayedReview(WRITE, live), { ok: false, reason });
  });
}

test('deletions, connections, subresources and generated names are not judged again', () => {
  const { object } = WRITE;

  assert.deepEqual(
    [
      WRITE,
      { ...WRITE, operation: 'DELETE' as const },
      { ...WRITE, operation: 'CONNECT' as const },
      { ...WRITE, object: { ...object, subresource: 'scale' } },
      { ...WRITE, object: { ...object, name: 'a-*' } },
    ].map((write) => classifyUnreplayable(write)?.split(',')[0]),
    [
      undefined,
      'it was a deletion',
      'it was a connection',
      'it was a write to a subresource',
      'the record does not have the generated name',
    ],
  );
});
