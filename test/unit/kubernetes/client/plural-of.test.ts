import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pluralOf } from '../../../../src/kubernetes/client/plural-of.ts';
import { SEARCHED_KINDS } from '../../../../src/kubernetes/lookup/searched-kinds.ts';

it('pluralOf agrees with the API server on the kinds that we name', () => {
  for (const { kind, resource } of SEARCHED_KINDS) assert.equal(pluralOf(kind), resource);
});

it('pluralOf knows the endings', () => {
  const kinds = ['Endpoints', 'Ingress', 'NetworkPolicy', 'Gateway', 'Switch', 'Box', 'Pod'];
  assert.deepEqual(kinds.map(pluralOf), [
    'endpoints',
    'ingresses',
    'networkpolicies',
    'gateways',
    'switches',
    'boxes',
    'pods',
  ]);
});
