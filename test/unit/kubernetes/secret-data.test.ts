import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSecretData } from '../../../src/kubernetes/secret-data.ts';

test('readSecretData() decodes values, and has none for absent and empty keys', () => {
  const secret = readSecretData({
    metadata: { name: 'a', namespace: 'b', uid: 'u', resourceVersion: '7', labels: { c: 'd' } },
    type: 'kubernetes.io/dockercfg',
    data: { key: 'w6Q=', empty: '' },
  });

  assert.deepEqual([secret?.name, secret?.namespace, secret?.labels], ['a', 'b', { c: 'd' }]);
  assert.deepEqual([secret?.type, secret?.version], ['kubernetes.io/dockercfg', 'u/7']);
  assert.deepEqual(
    ['key', 'empty', 'absent', 'toString'].map((key) => secret?.text(key)),
    ['ä', undefined, undefined, undefined],
  );
});

test('readSecretData() takes a Secret without data for one without values', () => {
  const secret = readSecretData({ metadata: { name: 'a', namespace: 'b' } });

  assert.deepEqual([secret?.labels, secret?.text('key')], [{}, undefined]);
  assert.deepEqual([secret?.type, secret?.version], ['Opaque', '/']);
  assert.equal(readSecretData({ metadata: {} }), undefined);
  assert.equal(readSecretData('text'), undefined);
});
