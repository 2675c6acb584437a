import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReportGroup } from '../../../src/audit/report/report-groups.ts';
import { planPresetSuggestion } from '../../../src/compose/plan-preset-suggestion.ts';
import { SCALED_GROUP as GROUP } from '../../support/report-samples.ts';

const FINALIZER: ReportGroup = {
  ...GROUP,
  group: 'keda.sh',
  resource: 'scaledjobs',
  code: 'managed_object_changed',
  fields: ['metadata.finalizers[finalizer.keda.sh]'],
};

test('a preset that covers everything is named, with the lines that switch it on', () => {
  assert.deepEqual(planPresetSuggestion([GROUP, FINALIZER])(GROUP), {
    advice:
      'This is what keda does: its preset lets the account do all of it, where an autoscaler from Git targets the object.',
    configuration: 'identity:\n  operatorPresets:\n    - preset: keda',
  });
  assert.equal(
    planPresetSuggestion([FINALIZER])({ ...FINALIZER, policies: ['advice', 'gitops_only_writes'] })
      ?.advice,
    'This is what keda does: its preset lets the account do all of it. It does not answer advice.',
  );
});

test('a release of another name and namespace is written out', () => {
  const group = { ...GROUP, username: 'system:serviceaccount:scaling:prod-keda-operator' };

  assert.equal(
    planPresetSuggestion([group])(group)?.configuration,
    'identity:\n  operatorPresets:\n    - preset: keda\n      namespace: scaling\n      accounts:\n        operator: prod-keda-operator',
  );
});

test('what Git does not declare is told where a rule asks for it', () => {
  const group: ReportGroup = {
    ...GROUP,
    username: 'system:serviceaccount:kube-system:sealed-secrets-controller',
    group: '',
    resource: 'secrets',
    code: 'managed_object_changed',
    fields: ['data.password'],
  };

  const suggestion = planPresetSuggestion([group])(group);

  assert.equal(
    suggestion?.advice,
    'This is what sealed-secrets does: its preset lets the account do all of it, where Git does not declare the field.',
  );
});

test('a preset that does not cover everything is named beside the entry: it excludes one', () => {
  const beside =
    /The preset "keda" does not cover all that the account did, and excludes an entry\.$/u;
  const changes: readonly Partial<ReportGroup>[] = [
    { fields: ['spec.template'] },
    { fields: ['no path['] },
    { fieldsAreCut: true },
    { operations: ['DELETE'] },
  ];
  for (const change of changes) {
    const other = { ...GROUP, resource: 'deployments', ...change };
    const suggestion = planPresetSuggestion([GROUP, other])(GROUP);

    assert.match(suggestion?.advice ?? '', beside);
    assert.match(suggestion?.configuration ?? '', /operators:/u);
  }
});

test('an operation that no record has is nothing to cover', () => {
  const group = { ...GROUP, operations: ['PROXY'] };

  assert.match(planPresetSuggestion([group])(group)?.advice ?? '', /^This is what keda does/u);
});

test('people, writers, unknown accounts and operators that are configured get no preset', () => {
  const changes: readonly Partial<ReportGroup>[] = [
    { username: 'alice' },
    { username: 'system:serviceaccount:shop:default' },
    { username: 'system:serviceaccount:x' },
    { actorClass: 'gitops' },
    { actorClass: 'operator' },
    { code: 'writer_account_used' },
  ];
  for (const change of changes) {
    const group = { ...GROUP, ...change };

    assert.equal(planPresetSuggestion([group])(group), undefined);
  }
});
