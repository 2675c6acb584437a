import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseAdmissionScopes } from '../../../../src/drift/admission/parse-admission-scopes.ts';

const RULE = {
  apiGroups: ['apps'],
  apiVersions: ['v1'],
  resources: ['deployments'],
  operations: ['CREATE'],
  scope: 'Namespaced',
};
const READ_RULE = {
  groups: ['apps'],
  resources: ['deployments'],
  operations: ['CREATE'],
  scope: 'Namespaced',
};
const ANY_RULE = { groups: ['*'], resources: ['*'], operations: ['*'], scope: '*' };

it('reads each webhook: its rules, its namespaces, whom it asks, and whether it fails closed', () => {
  const selector = { matchLabels: { stage: 'prod' } };
  assert.deepEqual(
    parseAdmissionScopes({
      kind: 'MutatingWebhookConfiguration',
      webhooks: [
        {
          name: 'a',
          rules: [RULE],
          namespaceSelector: selector,
          clientConfig: { service: { namespace: 'istio-system', name: 'istiod' } },
        },
        {
          name: 'b',
          failurePolicy: 'Ignore',
          rules: [RULE],
          clientConfig: { url: 'https://a.example.com' },
        },
      ],
    }),
    [
      {
        mutates: true,
        failsClosed: true,
        rules: [READ_RULE],
        namespaces: [{ key: 'stage', operator: 'In', values: ['prod'] }],
        target: 'istio-system/istiod',
      },
      {
        mutates: true,
        failsClosed: false,
        rules: [READ_RULE],
        namespaces: undefined,
        target: 'https://a.example.com',
      },
    ],
  );
});

it('takes what it cannot read of a webhook for everything, and one without rules for nothing', () => {
  assert.deepEqual(
    parseAdmissionScopes({
      kind: 'ValidatingWebhookConfiguration',
      webhooks: [
        'text',
        { rules: [{ apiGroups: 'apps', resources: [1], operations: [], scope: 7 }] },
        { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Near' }] } },
      ],
    }),
    [
      {
        mutates: false,
        failsClosed: true,
        rules: [ANY_RULE],
        namespaces: undefined,
        target: 'undefined',
      },
      { mutates: false, failsClosed: true, rules: [], namespaces: undefined, target: 'undefined' },
    ],
  );
  assert.deepEqual(parseAdmissionScopes({ kind: 'ValidatingWebhookConfiguration' }), []);
});

it('takes what is larger than any in use for everything, asked by nobody who is known', () => {
  const rules = Array.from({ length: 1500 }, () => RULE);
  assert.deepEqual(
    parseAdmissionScopes({ kind: 'MutatingWebhookConfiguration', webhooks: [{ rules }] }),
    [{ mutates: true, failsClosed: true, rules: [ANY_RULE] }],
  );
});

it('reads what a policy matches, and takes one without rules for everything', () => {
  const policy = (spec: object, kind = 'MutatingAdmissionPolicy') =>
    parseAdmissionScopes({ kind, spec });
  assert.deepEqual(
    policy({ failurePolicy: 'Ignore', matchConstraints: { resourceRules: [RULE] } }),
    [{ mutates: true, failsClosed: false, rules: [READ_RULE], namespaces: undefined }],
  );
  assert.deepEqual(policy({}, 'ValidatingAdmissionPolicy'), [
    { mutates: false, failsClosed: true, rules: [ANY_RULE], namespaces: undefined },
  ]);
});

it('reads how a binding narrows its policy, and takes one that narrows nothing for everything', () => {
  const binding = (spec: unknown) =>
    parseAdmissionScopes({ kind: 'MutatingAdmissionPolicyBinding', spec });
  const namespaceSelector = { matchExpressions: [{ key: 'stage', operator: 'Exists' }] };
  assert.deepEqual(binding({ matchResources: { namespaceSelector, resourceRules: [RULE] } }), [
    {
      mutates: true,
      failsClosed: false,
      rules: [READ_RULE],
      namespaces: [{ key: 'stage', operator: 'Exists', values: [] }],
    },
  ]);
  const everything = [
    { mutates: true, failsClosed: false, rules: [ANY_RULE], namespaces: undefined },
  ];
  assert.deepEqual([binding({}), binding('text')], [everything, everything]);
  assert.deepEqual(parseAdmissionScopes({}), [
    { mutates: false, failsClosed: true, rules: [ANY_RULE], namespaces: undefined },
  ]);
});
