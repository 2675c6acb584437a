import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  constraintKindOf,
  documentOf,
  TEMPLATE_KIND,
} from '../../../../../src/authoring/gatekeeper/cluster/followed-kinds.ts';
import { planDropped } from '../../../../../src/authoring/gatekeeper/cluster/plan-dropped.ts';
import { planFollowed } from '../../../../../src/authoring/gatekeeper/cluster/plan-followed.ts';
import type { FoundDocument } from '../../../../../src/authoring/gatekeeper/plan-constraints.ts';
import type { PolicyDescriptor } from '../../../../../src/policy/descriptor.ts';
import {
  sampleConstraint,
  sampleTemplate,
} from '../../../../support/gatekeeper/cluster-samples.ts';

const POLICY = 'mustbeowned/owned';
const template = documentOf(sampleTemplate(), TEMPLATE_KIND);

function constraint(spec: object = {}): FoundDocument {
  return documentOf(sampleConstraint({ spec }), constraintKindOf('MustBeOwned'));
}

const descriptor: Omit<PolicyDescriptor, 'name' | 'constraint'> = {
  title: '',
  description: '',
  severity: 'error',
  match: { operations: ['CREATE'] },
  failure: 'deny',
  deadlineMs: 1,
  facts: [],
  optionalFacts: [],
  rules: ['deny'],
  mode: 'enforce',
  parameters: {},
};

const published: readonly PolicyDescriptor[] = [
  { ...descriptor, name: 'gitops_only_writes' },
  {
    ...descriptor,
    name: POLICY,
    constraint: { template: 'mustbeowned', name: 'owned', match: {}, inventory: [] },
  },
];

function drop(...documents: readonly FoundDocument[]) {
  const followed = planFollowed(documents, { lastGood: new Map(), refused: new Map() });
  return planDropped({ published, documents, followed });
}

describe('planDropped()', () => {
  it('drops nothing that is still judged by, nor policies of Rego folders', () => {
    assert.deepEqual(drop(template, constraint()), []);
  });

  it('asks after a constraint that is gone, by its resource', () => {
    assert.deepEqual(drop(template), [
      {
        status: 'gone',
        policy: POLICY,
        object: {
          group: 'constraints.gatekeeper.sh',
          version: '',
          kind: '',
          resource: 'mustbeowneds',
          name: 'owned',
        },
      },
    ]);
  });

  it('asks after a template that is gone, whatever became of the constraint', () => {
    const gone = {
      status: 'gone',
      policy: POLICY,
      object: { ...TEMPLATE_KIND, resource: 'constrainttemplates', name: 'mustbeowned' },
    };

    assert.deepEqual(drop(constraint()), [gone]);
    assert.deepEqual(drop(), [gone]);
  });

  it('names the object that cannot be judged by', () => {
    const faulty = (file: string) => [{ status: 'faulty', policy: POLICY, file }];

    assert.deepEqual(
      drop(template, constraint({ enforcementAction: 'stop' })),
      faulty('MustBeOwned/owned'),
    );
    const broken = { ...template, value: { ...sampleTemplate(), spec: 1 } };
    assert.deepEqual(drop(broken, constraint()), faulty('ConstraintTemplate/mustbeowned'));
    assert.deepEqual(drop(broken), faulty('ConstraintTemplate/mustbeowned'));
  });

  it('drops a constraint that no longer acts at the webhook', () => {
    const scopedEnforcementActions = [
      { action: 'deny', enforcementPoints: [{ name: 'audit.gatekeeper.sh' }] },
    ];

    assert.deepEqual(
      drop(template, constraint({ enforcementAction: 'scoped', scopedEnforcementActions })),
      [{ status: 'left', policy: POLICY }],
    );
  });
});
