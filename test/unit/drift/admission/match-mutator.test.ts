import assert from 'node:assert/strict';
import { it } from 'node:test';
import { matchMutator } from '../../../../src/drift/admission/match-mutator.ts';

const ISTIO = { name: 'injector', service: 'istio-system/istiod' };
const CLOUD = { name: 'pod-identity', url: 'https://127.0.0.1:23443/mutate' };
const POLICY = { name: 'policy' };
const KNOWN = [ISTIO, CLOUD, POLICY];

it('knows a mutator by its name and by whom each of its webhooks asks', () => {
  const cases = [
    ['injector', ['istio-system/istiod', 'istio-system/istiod'], true],
    // Stops whoever adds a webhook of his own to a known configuration, or takes a known name.
    ['injector', ['istio-system/istiod', 'evil/istiod'], false],
    ['injector', ['https://evil.example.com'], false],
    ['injector', [undefined], false],
    ['other', ['istio-system/istiod'], false],
    ['pod-identity', ['https://127.0.0.1:23443/mutate'], true],
    ['pod-identity', ['https://127.0.0.1:23443/other'], false],
    // Without a target, only what has none.
    ['policy', [undefined], true],
    ['policy', ['evil/istiod'], false],
  ] as const;
  for (const [name, targets, expected] of cases) {
    const scopes = targets.map((target) => ({ target }));
    assert.equal(matchMutator(name, scopes, KNOWN), expected, `${name} ${targets.join(' ')}`);
  }
  assert.equal(matchMutator('injector', [{ target: 'istio-system/istiod' }], []), false);
});
