import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseAccount,
  parseNode,
  parsePod,
  parseTokenSecret,
} from '../../../../src/compose/adoption/parse-account-object.ts';

const metadata = { namespace: 'argocd', name: 'one' };

test('an account is its namespace and name', () => {
  assert.deepEqual(parseAccount({ metadata }), metadata);
  for (const other of [undefined, {}, { name: 'one' }]) {
    assert.equal(parseAccount({ metadata: other }), undefined);
  }
});

test('a Secret with a token names its account', () => {
  const annotations = { 'kubernetes.io/service-account.name': 'runner' };

  assert.deepEqual(parseTokenSecret({ metadata: { ...metadata, annotations } }), {
    ...metadata,
    account: 'runner',
  });
  assert.equal(parseTokenSecret({ metadata }), undefined);
  assert.equal(parseTokenSecret({ metadata: { annotations } }), undefined);
});

test('a node has its labels', () => {
  assert.deepEqual(parseNode({ metadata: { name: 'a', labels: { b: 'c' } } }), {
    name: 'a',
    labels: { b: 'c' },
  });
  assert.deepEqual(parseNode({ metadata: { name: 'a' } }), { name: 'a', labels: {} });
  assert.equal(parseNode({}), undefined);
});

test('a pod says whether the kubelet gives it a token of its own', () => {
  const projected = { sources: [{ configMap: {} }, { serviceAccountToken: { path: 'token' } }] };

  assert.deepEqual(
    parsePod({
      metadata,
      spec: { serviceAccountName: 'runner', volumes: [{ emptyDir: {} }, { projected }] },
      status: { phase: 'Running' },
    }),
    { name: 'one', serviceAccount: 'runner', isRunning: true, hasBoundToken: true },
  );
});

test('a pod without volumes has no token of its own', () => {
  for (const spec of [{}, { volumes: [{ projected: {} }, { projected: { sources: null } }] }]) {
    assert.deepEqual(parsePod({ metadata, spec }), {
      name: 'one',
      serviceAccount: 'default',
      isRunning: false,
      hasBoundToken: false,
    });
  }
  const token = { projected: { sources: [{ serviceAccountToken: null }] } };
  assert.equal(parsePod({ metadata, spec: { volumes: [token] } })?.hasBoundToken, false);
});

test('what has another form is no pod', () => {
  for (const value of [undefined, { metadata }, { metadata, spec: { volumes: 'x' } }]) {
    assert.equal(parsePod(value), undefined);
  }
});
