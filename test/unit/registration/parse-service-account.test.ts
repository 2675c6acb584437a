import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseServiceAccount } from '../../../src/registration/parse-service-account.ts';

it('parseServiceAccount reads the username of a service account', () => {
  assert.deepEqual(parseServiceAccount('system:serviceaccount:argocd:controller'), {
    namespace: 'argocd',
    name: 'controller',
  });
});

for (const username of [
  'alice',
  'system:serviceaccount:argocd',
  'system:serviceaccount::a',
  'system:serviceaccount:a:',
  'system:serviceaccount:a:b:c',
  ' system:serviceaccount:a:b',
  'system:serviceaccounts:a:b',
]) {
  it(`parseServiceAccount takes "${username}" for no service account`, () => {
    assert.equal(parseServiceAccount(username), undefined);
  });
}
