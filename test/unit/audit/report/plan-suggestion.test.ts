import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  planSuggestion,
  suggestOperator,
  suggestPlatform,
  suggestWriter,
} from '../../../../src/audit/report/plan-suggestion.ts';
import { parseConfiguration } from '../../../../src/config/parse-configuration.ts';
import { SCALED_GROUP as GROUP } from '../../../support/report-samples.ts';

const WAYS = [suggestWriter, suggestPlatform, suggestOperator];

test('an operator gets an entry that the configuration takes as it is', () => {
  const { configuration = '' } = planSuggestion(GROUP, WAYS);

  const parsed = parseConfiguration(configuration, { file: 'holdfast.yaml', folder: '/' });

  assert.ok(parsed.ok, JSON.stringify(parsed));
  assert.deepEqual(parsed.configuration.identity.operators, [
    {
      name: 'keda-operator',
      username: GROUP.username,
      rules: [
        {
          verbs: ['UPDATE'],
          groups: ['apps'],
          resources: ['deployments/scale'],
          paths: ['spec.replicas'],
        },
      ],
    },
  ]);
});

test('fields are asked of updates alone, and the core group is the empty text', () => {
  const deleting = { ...GROUP, group: '', operations: ['DELETE'], code: 'managed_object_deleted' };

  const { configuration = '' } = planSuggestion(deleting, WAYS);

  assert.ok(!configuration.includes('paths'), configuration);
  assert.match(configuration, /groups:\n\s+- ""\n/u);
});

test('what the entry does not answer is said', () => {
  const { advice } = planSuggestion(
    { ...GROUP, fieldsAreCut: true, policies: ['gitops_only_writes', 'protected_keys'] },
    WAYS,
  );

  assert.equal(
    advice,
    'If the operator "keda-operator" of keda is meant to do this, let it. The records do not list every field: look at them first. It does not answer protected_keys.',
  );
});

for (const [who, changes, advice] of [
  ['a person', { username: 'alice' }, 'Change it in Git'],
  ['an account with another code', { code: 'protected_key_changed' }, 'Change it in Git'],
  [
    'the GitOps controller',
    { actorClass: 'gitops', code: 'writer_unproven' },
    'This is the GitOps controller: enforcing would stop its deployments. Solve writer_unproven first.',
  ],
  [
    'a part of Kubernetes',
    { actorClass: 'platform', username: 'system:serviceaccount:kube-system:job-controller' },
    'This is a part of Kubernetes: do not enforce before you know why it gets managed_object_scaled.',
  ],
] as const) {
  test(`${who} gets no entry`, () => {
    assert.deepEqual(planSuggestion({ ...GROUP, ...changes }, WAYS), { advice });
  });
}

test('an operator that is known needs another rule', () => {
  const { advice } = planSuggestion({ ...GROUP, actorClass: 'operator' }, WAYS);

  assert.equal(
    advice,
    'If the operator "keda-operator" of keda is meant to do this, add the rule to its entry.',
  );
});

test('only an operator, or an account without a class, gets an entry', () => {
  const hasEntry = ['gitops', 'platform', 'node', 'operator', 'other'].filter(
    (actorClass) => suggestOperator({ ...GROUP, actorClass }) !== undefined,
  );

  assert.deepEqual(hasEntry, ['operator', 'other']);
});

for (const [message, advice] of [
  ['It is managed\nChange it in Git\n\n(code by policy)\n', 'Change it in Git'],
  ['It is managed', 'It is managed'],
  ['\n \n', ''],
  ['', ''],
] as const) {
  test(`without a way, the advice of ${JSON.stringify(message)} is ${JSON.stringify(advice)}`, () => {
    const group = { ...GROUP, example: { ...GROUP.example, message } };

    assert.deepEqual(planSuggestion(group, []), { advice });
  });
}

test('the first way that has advice is taken', () => {
  const preset = { advice: 'Switch the preset keda on' };

  assert.deepEqual(planSuggestion(GROUP, [() => undefined, () => preset, ...WAYS]), preset);
});
