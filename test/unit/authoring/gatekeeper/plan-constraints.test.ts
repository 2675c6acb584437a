import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatDocumentProblem,
  planConstraints,
} from '../../../../src/authoring/gatekeeper/plan-constraints.ts';

const template = {
  apiVersion: 'templates.gatekeeper.sh/v1',
  kind: 'ConstraintTemplate',
  metadata: { name: 'a' },
  spec: {
    crd: { spec: { names: { kind: 'A' } } },
    targets: [{ target: 'admission.k8s.gatekeeper.sh', rego: 'package a' }],
  },
};

function constraint(name: string, spec: object = {}, kind = 'A') {
  return {
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind,
    metadata: { name },
    spec,
  };
}

function plan(...values: readonly unknown[]) {
  return planConstraints(values.map((value, index) => ({ file: `${index}.yaml`, value })));
}

function scopedFor(name: string) {
  return {
    enforcementAction: 'scoped',
    scopedEnforcementActions: [{ action: 'deny', enforcementPoints: [{ name }] }],
  };
}

describe('planConstraints()', () => {
  it('gives each constraint the mode of its action, whatever the order of the files is', () => {
    const { constraints, problems, notes, templates } = plan(
      constraint('b', { enforcementAction: 'warn' }),
      template,
      constraint('c', { enforcementAction: 'dryrun' }),
      constraint('d', scopedFor('validation.gatekeeper.sh')),
      constraint('e', scopedFor('audit.gatekeeper.sh')),
      { apiVersion: 'v1', kind: 'Pod' },
      'a sample',
    );

    assert.deepEqual(
      constraints.map(({ constraint: { name }, mode }) => [name, mode]),
      [
        ['b', 'warn'],
        ['c', 'audit'],
        ['d', 'enforce'],
      ],
    );
    assert.deepEqual(notes, ['4.yaml: "a/e" does not act at the webhook, and is left out']);
    assert.deepEqual(problems, []);
    assert.equal(templates.length, 1);
  });

  it('takes the inventory and the exempt namespaces from Config and SyncSet', () => {
    const { constraints, inventory, problems } = plan(
      template,
      constraint('b', { match: { excludedNamespaces: ['a'] } }),
      constraint('c'),
      {
        apiVersion: 'config.gatekeeper.sh/v1alpha1',
        kind: 'Config',
        spec: {
          sync: { syncOnly: [{ group: '', version: 'v1', kind: 'Pod' }] },
          match: [{ excludedNamespaces: ['kube-*'], processes: ['*'] }],
        },
      },
      {
        apiVersion: 'syncset.gatekeeper.sh/v1alpha1',
        kind: 'SyncSet',
        spec: { gvks: [{ group: '', version: 'v1', kind: 'Service' }] },
      },
    );

    assert.deepEqual(problems, []);
    assert.deepEqual(inventory, [
      { group: '', version: 'v1', kind: 'Pod' },
      { group: '', version: 'v1', kind: 'Service' },
    ]);
    assert.deepEqual(
      constraints.map((planned) => planned.constraint.match.excludedNamespaces),
      [['a', 'kube-*'], ['kube-*']],
    );
  });

  it('names every problem with its file', () => {
    const odd = (group: string, kind: string) => ({ apiVersion: `${group}/v1`, kind, spec: 1 });

    const { problems } = plan(
      template,
      template,
      { ...template, metadata: { name: 'b' } },
      constraint('b', {}, 'Other'),
      constraint('c', { more: 1 }),
      constraint('d', { enforcementAction: 'stop' }),
      constraint('e'),
      constraint('e'),
      odd('mutations.gatekeeper.sh', 'Assign'),
      odd('config.gatekeeper.sh', 'Config'),
      odd('syncset.gatekeeper.sh', 'SyncSet'),
      odd('config.gatekeeper.sh', 'Other'),
    );

    assert.deepEqual(problems.map(formatDocumentProblem), [
      '1.yaml: the template "a" is there twice',
      '2.yaml: metadata.name: is "b", and must be the kind in lower case, "a"',
      '3.yaml: there is no template of the kind "Other"',
      '4.yaml: unknown fields: A.spec.more',
      '5.yaml: the enforcementAction "stop" is none of deny, warn, dryrun and scoped',
      '7.yaml: the constraint "a/e" is there twice',
      '8.yaml: Assign of mutations.gatekeeper.sh: Holdfast changes nothing for Gatekeeper; declare in Git what it would set',
      '9.yaml: the Config cannot be understood',
      '10.yaml: the SyncSet cannot be understood',
    ]);
  });

  it('plans no policy of a template that no constraint uses', () => {
    assert.deepEqual(plan(template).constraints, []);
  });
});
