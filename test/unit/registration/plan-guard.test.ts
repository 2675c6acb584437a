import assert from 'node:assert/strict';
import { it } from 'node:test';
import { planGuard } from '../../../src/registration/plan-guard.ts';

it('planGuard lets only the named users change our two configurations', () => {
  const [policy, binding] = planGuard({ allowedUsernames: ['b', "o'brien", 'b'] });
  assert.deepEqual(policy?.['spec'], {
    failurePolicy: 'Fail',
    matchConstraints: {
      matchPolicy: 'Equivalent',
      resourceRules: [
        {
          apiGroups: ['admissionregistration.k8s.io'],
          apiVersions: ['*'],
          operations: ['UPDATE', 'DELETE'],
          resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
          scope: 'Cluster',
        },
      ],
    },
    matchConditions: [
      { name: 'our-registration', expression: "oldObject.metadata.name == 'holdfast'" },
    ],
    validations: [
      {
        expression: `request.userInfo.username in ['b', "o'brien"]`,
        message:
          'The registration of Holdfast changes only by the accounts that its guard names ' +
          '(ValidatingAdmissionPolicy "registration.holdfast.dev")',
        reason: 'Forbidden',
      },
    ],
  });
  assert.deepEqual(binding?.['spec'], {
    policyName: 'registration.holdfast.dev',
    validationActions: ['Deny'],
  });
});
