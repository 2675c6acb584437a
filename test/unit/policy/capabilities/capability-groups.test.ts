import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CapabilityGroups } from '../../../../src/policy/capabilities/capability-groups.ts';
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
      },
      { ...INPUT, policies: [POLICIES[1]], allowedBuiltins: undefined },
    ]);
  }
  assert.deepEqual(groups.capabilitiesOf('platform'), { builtins: undefined, facts: undefined });
});
