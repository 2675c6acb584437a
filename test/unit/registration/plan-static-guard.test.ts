import assert from 'node:assert/strict';
import { it } from 'node:test';
import { planGuard } from '../../../src/registration/plan-guard.ts';
import { planStaticGuard } from '../../../src/registration/plan-static-guard.ts';

const OPTIONS = { allowedUsernames: ['installer'], ownNamespace: 'holdfast-system' };

it('planStaticGuard has the guards of the API under names for files, and one over admission policies', () => {
  const guards = planGuard(OPTIONS);
  const files = planStaticGuard(OPTIONS);
  assert.deepEqual(
    JSON.parse(
      JSON.stringify(files.slice(0, -2)).replaceAll('.holdfast.dev.static.k8s.io', '.holdfast.dev'),
    ),
    guards,
  );
  const [policy, binding] = files.slice(-2);
  const name = 'policies.holdfast.dev.static.k8s.io';
  const labels = { 'app.kubernetes.io/name': 'holdfast', 'app.kubernetes.io/part-of': 'holdfast' };
  assert.deepEqual(
    [policy?.['metadata'], binding?.['spec']],
    [
      { name, labels },
      { policyName: name, validationActions: ['Deny'] },
    ],
  );
  assert.match(
    JSON.stringify(policy?.['spec']),
    /"resources":\["validatingadmissionpolicies","validatingadmissionpolicybindings","mutatingadmissionpolicies","mutatingadmissionpolicybindings"\]/u,
  );
});
