import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyCapabilityUse } from '../../../../src/policy/capabilities/classify-capability-use.ts';

const RULES = [{ policies: ['team_*'], builtins: ['semver'], facts: ['object'] }] as const;
const PLATFORM = {
  name: 'platform',
  facts: ['images'],
  optionalFacts: [],
  builtins: ['time.now_ns'],
} as const;

test('classifyCapabilityUse() asks for nothing where there is no rule, and takes what is allowed', () => {
  const use = { policies: [PLATFORM], required: ['time.now_ns'] };
  assert.deepEqual(classifyCapabilityUse(use, []), []);
  assert.deepEqual(classifyCapabilityUse(use, RULES), []);
  const own = { name: 'team_a', facts: ['object'], optionalFacts: [] } as const;
  const both = { policies: [PLATFORM, own], required: ['semver.compare', 'time.now_ns'] };
  assert.deepEqual(classifyCapabilityUse(both, RULES), []);
});

test('classifyCapabilityUse() names each policy with what it uses, and what the module imports for nobody', () => {
  const policies = [
    {
      name: 'team_a',
      facts: ['object', 'source'],
      optionalFacts: ['grant'],
      builtins: ['semver.compare', 'uuid.parse'],
    },
    { name: 'team_b', facts: [], optionalFacts: [] },
  ] as const;

  assert.deepEqual(
    classifyCapabilityUse({ policies, required: ['semver.compare', 'time.now_ns'] }, RULES),
    [
      'the policy "team_a" reads the fact "source"',
      'the policy "team_a" reads the fact "grant"',
      'the policy "team_a" calls "uuid.parse"',
      'its module imports "time.now_ns", which none of its policies may call',
    ],
  );
});
