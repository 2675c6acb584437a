import assert from 'node:assert/strict';
import { it } from 'node:test';
import { planGuard } from '../../../src/registration/plan-guard.ts';
import { planStaticGuard } from '../../../src/registration/plan-static-guard.ts';

const IN_THE_API =
  /Whom the guard names: `kubectl get validatingadmissionpolicy [a-z.-]+ -o jsonpath='\{\.spec\.variables\}'`/gu;
const IN_A_FILE = 'Whom the guard names stands in its file on the control plane';
const OPTIONS = { allowedUsernames: ['installer'], ownNamespace: 'holdfast-system' };

it('planStaticGuard has the guards of the API under names for files, and one over admission policies', () => {
  const guards = planGuard(OPTIONS);
  const files = planStaticGuard(OPTIONS);
  assert.deepEqual(
    JSON.parse(
      JSON.stringify(files.slice(0, -2)).replaceAll('.holdfast.dev.static.k8s.io', '.holdfast.dev'),
    ),
    // The API shows none of what is in files.
    JSON.parse(JSON.stringify(guards).replaceAll(IN_THE_API, IN_A_FILE)),
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
