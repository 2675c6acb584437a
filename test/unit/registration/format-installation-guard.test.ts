import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatInstallationGuard } from '../../../src/registration/format-installation-guard.ts';

// What each expression means, test/cluster/guards.test.ts asks a real API server.
it('formatInstallationGuard is about Secrets, rights and the namespace of one installation', () => {
  const { rules, matchConditions, action } = formatInstallationGuard('hold');
  assert.deepEqual(
    rules.map(({ apiGroups, resources, operations }) => [apiGroups, resources, operations]),
    [
      [[''], ['secrets'], ['CREATE', 'UPDATE', 'DELETE']],
      [
        ['rbac.authorization.k8s.io'],
        ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
        ['CREATE', 'UPDATE', 'DELETE'],
      ],
      [[''], ['namespaces'], ['UPDATE', 'DELETE']],
    ],
  );
  assert.deepEqual(
    matchConditions.map(({ name }) => name),
    ['of-the-installation', 'not-going', 'a-change'],
  );
  assert.match(
    matchConditions[0]?.expression ?? '',
    /request\.\?namespace\.orValue\(''\) == 'hold'/u,
  );
  assert.equal(action, 'Deny');
});
