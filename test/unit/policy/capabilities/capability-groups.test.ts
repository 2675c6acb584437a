import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CapabilityGroups,
  type GroupedInput,
} from '../../../../src/policy/capabilities/capability-groups.ts';
import { sampleDescriptor } from '../../../support/admission-samples.ts';

const POLICIES = ['team_a', 'platform', 'team_b'].map((name) => sampleDescriptor({ name }));
const FACTS = { cluster: { name: 'test' }, actor: { name: 'a' }, images: [] };
const INPUT = { policies: POLICIES, facts: FACTS, other: 1 };

test('CapabilityGroups gives the input itself where there is no rule', () => {
  const groups = new CapabilityGroups([]);
  const [only, ...more] = groups.split(INPUT);
  assert.equal(only, INPUT);
  assert.deepEqual(more, []);
});

test('CapabilityGroups splits by what policies may use, and leaves out the facts that a part may not read', () => {
  const groups = new CapabilityGroups([
    { policies: ['team_*'], builtins: ['unit'], facts: ['actor'] },
  ]);

  for (const _again of [1, 2]) {
    assert.deepEqual(groups.split(INPUT), [
      {
        ...INPUT,
        policies: [POLICIES[0], POLICIES[2]],
        facts: { cluster: FACTS.cluster, actor: FACTS.actor },
        allowedBuiltins: new Set(['units.parse', 'units.parse_bytes']),
        builtinErrors: 'fail',
      },
      {
        ...INPUT,
        policies: [POLICIES[1]],
        allowedBuiltins: undefined,
        builtinErrors: 'fail',
      },
    ]);
  }
  assert.deepEqual(groups.builtinsOf(sampleDescriptor({ name: 'platform' })), {
    allowedBuiltins: undefined,
    builtinErrors: 'fail',
  });
});

test('CapabilityGroups lets the failure of a built-in function be undefined for constraints of Gatekeeper, and for nobody else', () => {
  const constraint = sampleDescriptor({
    name: 'template/constraint',
    constraint: { template: 'template', name: 'constraint', match: {}, inventory: [] },
  });
  const [first, ...others] = POLICIES;
  assert.ok(first);
  const input = { ...INPUT, policies: [first, constraint, ...others] };

  const parts = new CapabilityGroups([]).split<GroupedInput>(input);

  assert.deepEqual(
    parts.map(({ policies, builtinErrors }) => [policies.map(({ name }) => name), builtinErrors]),
    [
      [['team_a', 'platform', 'team_b'], 'fail'],
      [['template/constraint'], 'undefined'],
    ],
  );
});
