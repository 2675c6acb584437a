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

it('planGuard lets an account in only with a token, which has a uid', () => {
  const account = 'system:serviceaccount:argocd:argocd-application-controller';
  const isAllowed = (allowedUsernames: readonly string[]) =>
    JSON.stringify(planGuard({ allowedUsernames })[0]?.['spec']);
  const condition = `request.userInfo.username == '${account}' &&\\n  request.userInfo.?uid.orValue('') != ''`;
  assert.ok(isAllowed([account]).includes(`"expression":"(\\n  ${condition}\\n)"`));
  assert.ok(isAllowed(['installer', account]).includes(`username == 'installer' ||\\n  (\\n`));
});

it('planGuard keeps people from webhooks that reach what Git declares, and has the audit log tell of others', () => {
  const manifests = planGuard({ allowedUsernames: ['installer'], instanceLabelKey: 'team/app' });
  const summary = manifests.map(({ kind, metadata, spec }) => ({ kind, metadata, spec }));
  assert.deepEqual(
    summary.map(({ kind, metadata }) => [kind, metadata]),
    ['registration.holdfast.dev', 'webhooks.holdfast.dev', 'webhooks-audit.holdfast.dev'].flatMap(
      (name) => [
        ['ValidatingAdmissionPolicy', { name }],
        ['ValidatingAdmissionPolicyBinding', { name }],
      ],
    ),
  );
  const text = JSON.stringify(summary[2]?.spec);
  // An account that somebody impersonates has no uid: it is the person behind it.
  assert.match(
    text,
    /!\(\\n {2}request\.userInfo\.username\.startsWith\('system:serviceaccount:'\) &&\\n {2}request\.userInfo\.\?uid\.orValue\(''\) != ''\\n\)/u,
  );
  assert.match(text, /team\/app/u);
  assert.match(text, /request\.userInfo\.username == 'installer'/u);
  assert.deepEqual(summary[5]?.spec, {
    policyName: 'webhooks-audit.holdfast.dev',
    validationActions: ['Audit'],
  });
});
