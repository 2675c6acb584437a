import assert from 'node:assert/strict';
import { it } from 'node:test';
import { GUARD_NAMES, planGuard } from '../../../src/registration/plan-guard.ts';
import type { GuardOptions } from '../../../src/registration/format-guard.ts';
import type { Manifest } from '../../../src/registration/plan-registration.ts';

const ACCOUNT = 'system:serviceaccount:argocd:argocd-application-controller';
const LABELS = { 'app.kubernetes.io/name': 'holdfast', 'app.kubernetes.io/part-of': 'holdfast' };

function plan(options: Partial<GuardOptions> = {}): readonly Manifest[] {
  return planGuard({ allowedUsernames: [], ownNamespace: 'holdfast-system', ...options });
}

function textOf(manifests: readonly Manifest[]): string {
  return JSON.stringify(manifests).replaceAll(/(?:\\n|\s)+/gu, ' ');
}

it('planGuard lets only the named users, and accounts with a token, change our two configurations', () => {
  const [policy, binding] = plan({ allowedUsernames: ['b', ACCOUNT, "o'brien", 'b'] });
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
          scope: '*',
        },
      ],
    },
    matchConditions: [
      { name: 'our-registration', expression: "oldObject.metadata.name == 'holdfast'" },
    ],
    variables: [
      { name: 'people', expression: `['b', "o'brien"]` },
      { name: 'accounts', expression: `['${ACCOUNT}']` },
      { name: 'groups', expression: '[]' },
      {
        name: 'collectors',
        expression: "['system:serviceaccount:kube-system:generic-garbage-collector']",
      },
      { name: 'labelKeys', expression: '[]' },
    ],
    validations: [
      {
        expression:
          '(\n  request.userInfo.username in variables.people ||\n' +
          "  (request.userInfo.username in variables.accounts && request.userInfo.?uid.orValue('') != '') ||\n" +
          '  request.userInfo.?groups.orValue([]).exists(group, group in variables.groups)\n)',
        message:
          'The registration of Holdfast is changed only by those whom its guard names. Change the configuration, which a ' +
          'Holdfast with registration.manage follows; else one of them types `holdfast manifests --config holdfast.yaml ' +
          '--ca-file tls/ca.crt | kubectl apply --server-side -f -`. To remove it: docs/operations/uninstall.md. Whom the ' +
          'guard names: `kubectl get validatingadmissionpolicy registration.holdfast.dev ' +
          "-o jsonpath='{.spec.variables}'`. If none of them is there, docs/operations/guards.md has the way out",
        reason: 'Forbidden',
      },
    ],
  });
  assert.deepEqual(binding?.['spec'], {
    policyName: 'registration.holdfast.dev',
    validationActions: ['Deny'],
  });
});

it('planGuard binds each policy by its own name, and only the one about accounts does not refuse', () => {
  const manifests = plan();
  const names = [
    'registration.holdfast.dev',
    'webhooks.holdfast.dev',
    'webhooks-audit.holdfast.dev',
    'declared-webhooks.holdfast.dev',
    'installation.holdfast.dev',
  ];
  assert.deepEqual(
    manifests.map(({ kind, metadata }) => [kind, metadata]),
    names.flatMap((name) => [
      ['ValidatingAdmissionPolicy', { name, labels: LABELS }],
      ['ValidatingAdmissionPolicyBinding', { name, labels: LABELS }],
    ]),
  );
  assert.deepEqual(
    manifests.flatMap(({ kind, spec }) =>
      kind === 'ValidatingAdmissionPolicyBinding' ? [spec] : [],
    ),
    names.map((policyName) => ({
      policyName,
      validationActions: [GUARD_NAMES.includes(policyName) ? 'Deny' : 'Audit'],
    })),
  );
});

it('planGuard takes an account that somebody impersonates for the person behind it', () => {
  assert.match(
    textOf(plan().slice(2, 3)),
    /!\( request\.userInfo\.username\.startsWith\('system:serviceaccount:'\) && request\.userInfo\.\?uid\.orValue\(''\) != '' \)/u,
  );
});

it('planGuard names the tracked label, the exempt groups and the shared controller manager in lists alone', () => {
  const lists = (options: Partial<GuardOptions>) =>
    textOf(plan(options).slice(6, 7)).match(/"variables":(?<lists>\[.*?\]),"validations"/u)
      ?.groups?.['lists'];
  assert.equal(
    lists({
      instanceLabelKey: 'team/app',
      exemptGroups: ['z', 'break-glass', 'z'],
      sharedControllerManager: true,
    }),
    JSON.stringify([
      { name: 'people', expression: '[]' },
      { name: 'accounts', expression: '[]' },
      { name: 'groups', expression: "['break-glass', 'z']" },
      {
        name: 'collectors',
        expression:
          "['system:serviceaccount:kube-system:generic-garbage-collector', 'system:kube-controller-manager']",
      },
      { name: 'labelKeys', expression: "['team/app']" },
    ]),
  );
  const withoutLists = (options: Partial<GuardOptions>) =>
    textOf(plan(options)).replaceAll(/"variables":\[.*?\],"validations"/gu, '');
  assert.equal(
    withoutLists({ instanceLabelKey: 'team/app', exemptGroups: ['a'], allowedUsernames: ['b'] }),
    withoutLists({}),
  );
});
