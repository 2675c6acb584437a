import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseInstance, parseTrackingId } from '../../../src/ownership/parse-tracking-id.ts';

test('parseTrackingId() reads an object of a group', () => {
  assert.deepEqual(parseTrackingId('checkout:apps/Deployment:shop/checkout'), {
    app: 'checkout',
    group: 'apps',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'checkout',
  });
});

test('parseTrackingId() reads the core group as empty and an application of another namespace', () => {
  assert.deepEqual(parseTrackingId('team-a_checkout:/ConfigMap:shop/settings'), {
    app: 'checkout',
    appNamespace: 'team-a',
    group: '',
    kind: 'ConfigMap',
    namespace: 'shop',
    name: 'settings',
  });
});

test('parseTrackingId() keeps the colons of a name', () => {
  const id = parseTrackingId('rbac:rbac.authorization.k8s.io/ClusterRole:shop/system:node-proxier');

  assert.equal(id?.name, 'system:node-proxier');
});

test('parseTrackingId() reads an object that has no name yet', () => {
  assert.equal(parseTrackingId('checkout:batch/Job:shop/')?.name, '');
});

const NO_TRACKING_IDS = [
  '',
  'checkout',
  'checkout:apps/Deployment',
  ':apps/Deployment:shop/checkout',
  'checkout:Deployment:shop/checkout',
  'checkout:apps/v1/Deployment:shop/checkout',
  'checkout:apps/:shop/checkout',
  'checkout:apps/Deployment:checkout',
  'checkout:apps/Deployment:shop/check/out',
  '_checkout:apps/Deployment:shop/checkout',
  'team_:apps/Deployment:shop/checkout',
];

for (const text of NO_TRACKING_IDS) {
  test(`parseTrackingId() finds none in ${JSON.stringify(text)}`, () => {
    assert.equal(parseTrackingId(text), undefined);
  });
}

test('parseTrackingId() answers for every text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseTrackingId(text);
    }),
  );
});

test('parseTrackingId() reads back what it was built from', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/);
  const tracked = fc.record(
    { app: word, group: word, kind: word, namespace: word, name: word },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(tracked, (id) => {
      const text = `${id.app}:${id.group}/${id.kind}:${id.namespace}/${id.name}`;
      assert.deepEqual(parseTrackingId(text), id);
    }),
  );
});

test('parseInstance() splits at the first underscore', () => {
  assert.deepEqual(parseInstance('checkout'), { app: 'checkout' });
  assert.deepEqual(parseInstance('team-a_checkout'), { app: 'checkout', appNamespace: 'team-a' });
  assert.equal(parseInstance(''), undefined);
});
