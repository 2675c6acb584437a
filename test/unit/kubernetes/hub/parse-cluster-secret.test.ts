import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClusterSecret } from '../../../../src/kubernetes/hub/parse-cluster-secret.ts';

const labels = { 'argocd.argoproj.io/secret-type': 'cluster' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const secret = (data: Readonly<Record<string, string>>, labelled: object = labels) => ({
  metadata: { name: 'cluster-spoke', namespace: 'argocd', labels: labelled },
  data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)])),
});

test('parseClusterSecret() takes address and name, and nothing of the credential', () => {
  const data = { name: 'spoke', server: 'https://10.0.0.1:6443/', config: '{"bearerToken":"t"}' };

  assert.deepEqual(parseClusterSecret(secret(data)), {
    servers: new Set(['https://10.0.0.1:6443']),
    names: new Set(['spoke']),
  });
});

test('parseClusterSecret() takes what is there', () => {
  assert.deepEqual(parseClusterSecret(secret({ name: 'spoke' })), {
    servers: new Set(),
    names: new Set(['spoke']),
  });
  assert.deepEqual(parseClusterSecret(secret({})), { servers: new Set(), names: new Set() });
});

test('parseClusterSecret() takes nothing of another Secret', () => {
  const repository = { 'argocd.argoproj.io/secret-type': 'repository' };
  assert.equal(parseClusterSecret(secret({ name: 'spoke' }, repository)), undefined);
  assert.equal(parseClusterSecret(secret({ name: 'spoke' }, {})), undefined);
  assert.equal(parseClusterSecret({ data: 'x' }), undefined);
  assert.equal(parseClusterSecret(undefined), undefined);
});
