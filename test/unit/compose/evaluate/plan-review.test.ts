import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isManifest,
  planReview,
  type Manifest,
} from '../../../../src/compose/evaluate/plan-review.ts';

const deployment: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'checkout', namespace: 'shop' },
  spec: { replicas: 3 },
};
const stored = { ...deployment, apiVersion: 'apps/v1beta1', spec: { replicas: 2 } };
const USER = { username: 'alice', groups: ['system:authenticated'] };
const options = { uid: 'u-1', user: USER, stored: [] };

function requestOf(manifest: Manifest, more: object = {}) {
  const planned = planReview(manifest, { ...options, ...more });
  assert.ok(planned.ok);
  return planned.review.request;
}

test('a manifest of something new is a CREATE', () => {
  const gvr = { group: 'apps', version: 'v1', resource: 'deployments' };
  const gvk = { group: 'apps', version: 'v1', kind: 'Deployment' };

  assert.deepEqual(planReview(deployment, options), {
    ok: true,
    review: {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'u-1',
        kind: gvk,
        resource: gvr,
        requestKind: gvk,
        requestResource: gvr,
        name: 'checkout',
        namespace: 'shop',
        operation: 'CREATE',
        userInfo: USER,
        object: deployment,
        oldObject: null,
        dryRun: false,
        options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
      },
    },
  });
});

test('a manifest of something stored is an UPDATE, in whatever version it is stored', () => {
  const { operation, object, oldObject } = requestOf(deployment, { stored: [stored] });

  assert.deepEqual(
    { operation, object, oldObject },
    { operation: 'UPDATE', object: deployment, oldObject: stored },
  );
});

test('a DELETE carries the stored object, or the manifest where none is known', () => {
  const known = requestOf(deployment, { operation: 'DELETE', stored: [stored] });
  const unknown = requestOf(deployment, { operation: 'DELETE' });

  assert.deepEqual([known.object, known.oldObject], [null, stored]);
  assert.deepEqual([unknown.object, unknown.oldObject], [null, deployment]);
});

test('an UPDATE of something that is not known says how to make it known', () => {
  assert.deepEqual(planReview(deployment, { ...options, operation: 'UPDATE' }), {
    ok: false,
    reason:
      'The stored object of Deployment "shop/checkout" is not known: give it with --old or --cluster-state',
  });
});

for (const [what, other] of [
  ['another name', { ...stored, metadata: { name: 'cart', namespace: 'shop' } }],
  ['another namespace', { ...stored, metadata: { name: 'checkout', namespace: 'test' } }],
  ['another group', { ...stored, apiVersion: 'example.com/v1' }],
  ['another kind', { ...stored, kind: 'DaemonSet' }],
  ['no kind at all', { metadata: { name: 'checkout', namespace: 'shop' } }],
] as const) {
  test(`a stored object with ${what} is not the same object`, () => {
    assert.equal(requestOf(deployment, { stored: [other] }).operation, 'CREATE');
  });
}

test('an object with a generated name is always new', () => {
  const generated = { ...deployment, metadata: { generateName: 'job-', namespace: 'shop' } };

  const request = requestOf(generated, { stored: [generated] });

  assert.equal(request.operation, 'CREATE');
  assert.equal(request.name, '');
});

test('an object without a namespace is created in the default one', () => {
  const { namespace, object } = requestOf({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
  });

  assert.equal(namespace, 'default');
  assert.deepEqual(object?.metadata, { name: 'a', namespace: 'default' });
});

test('an object without metadata is given its namespace', () => {
  assert.deepEqual(requestOf({ apiVersion: 'v1', kind: 'Pod' }).object?.metadata, {
    namespace: 'default',
  });
});

test('a Namespace is in its own namespace, and other cluster-scoped objects are in none', () => {
  const named = { metadata: { name: 'shop' }, apiVersion: 'v1' };

  const namespace = requestOf({ ...named, kind: 'Namespace' });
  const node = requestOf({ ...named, kind: 'Node' });

  assert.deepEqual(
    [namespace.namespace, namespace.object],
    ['shop', { ...named, kind: 'Namespace' }],
  );
  assert.equal(node.namespace, undefined);
});

for (const [value, expected] of [
  [deployment, true],
  [{ apiVersion: 'v1', kind: 'Pod' }, true],
  [{ apiVersion: 'v1', kind: 'Pod', metadata: 'x' }, false],
  [{ apiVersion: 1, kind: 'Pod' }, false],
  [{ apiVersion: 'v1', kind: 1 }, false],
  [{ kind: 'Pod' }, false],
  [{ apiVersion: 'v1' }, false],
  [null, false],
  ['Pod', false],
] as const) {
  test(`isManifest() is ${expected} for ${JSON.stringify(value)?.slice(0, 60)}`, () => {
    assert.equal(isManifest(value), expected);
  });
}
