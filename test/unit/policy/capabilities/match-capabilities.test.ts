import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchCapabilities } from '../../../../src/policy/capabilities/match-capabilities.ts';

const RULES = [
  { policies: ['team_*'], builtins: ['unit', 'semver'], facts: ['object', 'actor'] },
  { policies: ['team_shop', '*/k8s-*'], builtins: ['semver', 'time'] },
  { policies: ['other'], facts: [] },
] as const;

test('matchCapabilities() allows everything where no rule names the policy', () => {
  assert.deepEqual(matchCapabilities('gitops', RULES), { builtins: undefined, facts: undefined });
});

test('matchCapabilities() allows what every rule for the policy allows', () => {
  assert.deepEqual(matchCapabilities('team_a', RULES), {
    builtins: new Set(['units.parse', 'units.parse_bytes', 'semver.compare', 'semver.is_valid']),
    facts: new Set(['object', 'actor']),
  });
  assert.deepEqual(matchCapabilities('team_shop', RULES), {
    builtins: new Set(['semver.compare', 'semver.is_valid']),
    facts: new Set(['object', 'actor']),
  });
  assert.deepEqual(matchCapabilities('other', RULES), { builtins: undefined, facts: new Set() });
  assert.equal(matchCapabilities('labels/k8s-owner', RULES).builtins?.has('time.now_ns'), true);
});
