import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCredentialScope, pullSecretsOf } from '../../../../src/image/registry/pull-scope.ts';

const SCOPE = { namespace: 'shop', pullSecrets: [], serviceAccount: 'default' };

test('pullSecretsOf() names each Secret once, in the order of the Pod', () => {
  const imagePullSecrets = [{ name: 'b' }, { name: 'a' }, {}, { name: '' }, { name: 'b' }];
  assert.deepEqual(pullSecretsOf({ imagePullSecrets, serviceAccountName: 'builder' }), {
    pullSecrets: ['b', 'a'],
    serviceAccount: 'builder',
  });
});

test('pullSecretsOf() knows both names of the service account, and the default', () => {
  assert.equal(pullSecretsOf({ serviceAccount: 'old' }).serviceAccount, 'old');
  assert.equal(
    pullSecretsOf({ serviceAccountName: 'new', serviceAccount: 'old' }).serviceAccount,
    'new',
  );
  assert.equal(pullSecretsOf({ serviceAccountName: '' }).serviceAccount, 'default');
});

test('pullSecretsOf() takes no credential from what it cannot read', () => {
  for (const podSpec of [
    undefined,
    'text',
    [],
    { imagePullSecrets: 'regcred' },
    { imagePullSecrets: [{ name: 1 }], serviceAccountName: {} },
  ]) {
    assert.deepEqual(pullSecretsOf(podSpec), { pullSecrets: [], serviceAccount: 'default' });
  }
});

test('formatCredentialScope() is the same for Pods that the same credentials pull for', () => {
  const named = { ...SCOPE, pullSecrets: ['a'] };
  assert.equal(formatCredentialScope(SCOPE), '["shop",{"serviceAccount":"default"}]');
  assert.equal(formatCredentialScope(named), '["shop",["a"]]');
  assert.equal(
    formatCredentialScope({ ...named, serviceAccount: 'other' }),
    formatCredentialScope(named),
  );
});

test('formatCredentialScope() tells tenants, Secrets and their order apart', () => {
  const scopes = [
    SCOPE,
    { ...SCOPE, namespace: 'bank' },
    { ...SCOPE, serviceAccount: 'builder' },
    { ...SCOPE, pullSecrets: ['default'] },
    { ...SCOPE, pullSecrets: ['a', 'b'] },
    { ...SCOPE, pullSecrets: ['b', 'a'] },
    { ...SCOPE, pullSecrets: ['a","b'] },
  ];
  assert.equal(new Set(scopes.map(formatCredentialScope)).size, scopes.length);
});
