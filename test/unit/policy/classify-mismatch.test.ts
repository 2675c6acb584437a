import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { classifyMismatch } from '../../../src/policy/classify-mismatch.ts';
import type { PolicyMatch } from '../../../src/policy/descriptor.ts';
import { createMatchIndex, type MatchAttributes } from '../../../src/policy/match-index.ts';
import { sampleDescriptor } from '../../support/admission-samples.ts';

const REQUEST: MatchAttributes = {
  operation: 'UPDATE',
  group: 'apps',
  kind: 'Scale',
  resource: 'deployments',
  subResource: 'scale',
  namespace: 'shop',
  actorClass: 'other',
};

const CASES: readonly (readonly [PolicyMatch, Partial<MatchAttributes>, unknown])[] = [
  [{}, {}, undefined],
  [
    { operations: ['CREATE'], groups: [''] },
    {},
    { condition: 'operations', named: ['CREATE'], found: 'UPDATE' },
  ],
  [{ groups: [''] }, {}, { condition: 'groups', named: [''], found: 'apps' }],
  [{ kinds: ['Pod'] }, {}, { condition: 'kinds', named: ['Pod'], found: 'Scale' }],
  [{ resources: ['pods'] }, {}, { condition: 'resources', named: ['pods'], found: 'deployments' }],
  [{ subresources: [''] }, {}, { condition: 'subresources', named: [''], found: 'scale' }],
  [
    { subresources: ['scale'] },
    { subResource: undefined },
    { condition: 'subresources', named: ['scale'], found: '' },
  ],
  [
    { namespaces: ['bank'] },
    { namespace: undefined },
    { condition: 'namespaces', named: ['bank'], found: '' },
  ],
  [
    { actorClasses: ['gitops'] },
    {},
    { condition: 'actorClasses', named: ['gitops'], found: 'other' },
  ],
  [
    { excludedNamespaces: ['shop'] },
    {},
    { condition: 'excludedNamespaces', named: ['shop'], found: 'shop' },
  ],
  [{ managedOnly: true }, {}, undefined],
];

for (const [match, change, expected] of CASES) {
  test(`classifyMismatch() of ${JSON.stringify(match)} with ${JSON.stringify(change)}`, () => {
    assert.deepEqual(classifyMismatch(match, { ...REQUEST, ...change }), expected);
  });
}

const NAMES = ['', 'a', 'b'];
const some = <T>(values: readonly T[]): fc.Arbitrary<T[] | undefined> =>
  fc.option(fc.subarray([...values]), { nil: undefined });

test('a policy has a mismatch exactly where the index of the path of requests does not find it', () => {
  const match = fc.record({
    operations: some(['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const),
    groups: some(NAMES),
    kinds: some(NAMES),
    resources: some(NAMES),
    subresources: some(NAMES),
    namespaces: some(NAMES),
    excludedNamespaces: some(NAMES),
    actorClasses: some(['gitops', 'platform', 'other'] as const),
  });
  const name = fc.constantFrom(...NAMES);
  const request = fc.record({
    operation: fc.constantFrom('CREATE', 'UPDATE', 'DELETE', 'CONNECT'),
    group: name,
    kind: name,
    resource: name,
    subResource: fc.option(name, { nil: undefined }),
    namespace: fc.option(name, { nil: undefined }),
    actorClass: fc.constantFrom('gitops', 'platform', 'other'),
  });
  fc.assert(
    fc.property(match, request, (wanted, attributes) => {
      const index = createMatchIndex([sampleDescriptor({ match: wanted })]);
      const isFound = index.matchPolicies(attributes).length === 1;
      assert.equal(classifyMismatch(wanted, attributes) === undefined, isFound);
    }),
  );
});
