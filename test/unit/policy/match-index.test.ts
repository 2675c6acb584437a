import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import type { PolicyDescriptor, PolicyMatch } from '../../../src/policy/descriptor.ts';
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

function matches(match: PolicyMatch, attributes: MatchAttributes): boolean {
  return createMatchIndex([sampleDescriptor({ match })]).matchPolicies(attributes).length === 1;
}

const TABLE: readonly (readonly [PolicyMatch, Partial<MatchAttributes>, boolean])[] = [
  [{}, {}, true],
  [{ operations: ['CREATE', 'UPDATE'] }, {}, true],
  [{ operations: ['CREATE'] }, {}, false],
  [{ groups: ['apps'] }, {}, true],
  [{ groups: [''] }, {}, false],
  [{ groups: [''] }, { group: '' }, true],
  [{ kinds: ['Scale'] }, {}, true],
  [{ kinds: ['Deployment'] }, {}, false],
  [{ resources: ['deployments'] }, {}, true],
  [{ resources: ['pods'] }, {}, false],
  [{ subresources: ['scale'] }, {}, true],
  [{ subresources: [''] }, {}, false],
  [{ subresources: [''] }, { subResource: undefined }, true],
  [{ subresources: [''] }, { subResource: '' }, true],
  [{ subresources: ['', 'scale'] }, {}, true],
  [{ namespaces: ['shop'] }, {}, true],
  [{ namespaces: ['bank'] }, {}, false],
  [{ namespaces: ['shop'] }, { namespace: undefined }, false],
  [{ excludedNamespaces: ['shop'] }, {}, false],
  [{ excludedNamespaces: ['bank'] }, {}, true],
  [{ excludedNamespaces: ['shop'] }, { namespace: undefined }, true],
  [{ namespaces: ['shop'], excludedNamespaces: ['shop'] }, {}, false],
  [{ actorClasses: ['other', 'operator'] }, {}, true],
  [{ actorClasses: ['gitops'] }, {}, false],
  [{ managedOnly: true }, {}, true],
  [{ operations: ['UPDATE'], kinds: ['Pod'] }, {}, false],
];

describe('createMatchIndex()', () => {
  for (const [match, change, wanted] of TABLE) {
    it(`${wanted ? 'matches' : 'does not match'} ${JSON.stringify(match)} with ${JSON.stringify(change)}`, () => {
      assert.equal(matches(match, { ...REQUEST, ...change }), wanted);
    });
  }

  it('keeps the order of the policies', () => {
    const policies = ['c', 'a', 'b'].map((name) => sampleDescriptor({ name, match: {} }));

    assert.deepEqual(createMatchIndex(policies).matchPolicies(REQUEST), policies);
  });

  it('gives the same answer when asked again, and for other places and actors', () => {
    const index = createMatchIndex([
      sampleDescriptor({ name: 'shop_only', match: { namespaces: ['shop'] } }),
      sampleDescriptor({ name: 'gitops_only', match: { actorClasses: ['gitops'] } }),
    ]);
    const names = (change: Partial<MatchAttributes>): readonly string[] =>
      index.matchPolicies({ ...REQUEST, ...change }).map(({ name }) => name);

    assert.deepEqual(
      [names({}), names({}), names({ namespace: 'bank' }), names({ actorClass: 'gitops' })],
      [['shop_only'], ['shop_only'], [], ['shop_only', 'gitops_only']],
    );
  });

  it('stays right when more combinations come than it remembers', () => {
    const policy = sampleDescriptor({ match: { resources: ['r7'] } });
    const index = createMatchIndex([policy]);

    const matched = Array.from({ length: 10_000 }, (_, number) =>
      index.matchPolicies({ ...REQUEST, resource: `r${number}` }),
    );

    assert.deepEqual(
      matched.flatMap((policies, number) => (policies.length > 0 ? [number] : [])),
      [7],
    );
    assert.deepEqual(index.matchPolicies({ ...REQUEST, resource: 'r7' }), [policy]);
  });

  it('agrees with a naive matcher', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryMatch(), { maxLength: 5 }),
        fc.array(arbitraryRequest()),
        (all, requests) => {
          const policies = all.map((match, number) =>
            sampleDescriptor({ name: `p${number}`, match }),
          );
          const index = createMatchIndex(policies);

          for (const request of requests) {
            assert.deepEqual(
              index.matchPolicies(request),
              policies.filter(({ match }) => matchNaively(match, request)),
            );
          }
        },
      ),
    );
  });
});

const NAMES = ['', 'a', 'b c', 'c'];
const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;
const CLASSES = ['gitops', 'platform', 'other'] as const;

function some<T>(values: readonly T[]): fc.Arbitrary<T[] | undefined> {
  return fc.option(fc.subarray([...values], { minLength: 1 }), { nil: undefined });
}

function arbitraryMatch(): fc.Arbitrary<PolicyMatch> {
  return fc.record({
    operations: some(OPERATIONS),
    groups: some(NAMES),
    kinds: some(NAMES),
    resources: some(NAMES),
    subresources: some(NAMES),
    namespaces: some(NAMES),
    excludedNamespaces: some(NAMES),
    actorClasses: some(CLASSES),
  });
}

function arbitraryRequest(): fc.Arbitrary<MatchAttributes> {
  const name = fc.constantFrom(...NAMES);
  const optional = fc.option(name, { nil: undefined });
  return fc.record({
    operation: fc.constantFrom(...OPERATIONS),
    group: name,
    kind: name,
    resource: name,
    subResource: optional,
    namespace: optional,
    actorClass: fc.constantFrom(...CLASSES),
  });
}

function matchNaively(match: PolicyDescriptor['match'], request: MatchAttributes): boolean {
  const wanted: readonly (readonly [readonly string[] | undefined, string])[] = [
    [match.operations, request.operation],
    [match.groups, request.group],
    [match.kinds, request.kind],
    [match.resources, request.resource],
    [match.subresources, request.subResource ?? ''],
    [match.namespaces, request.namespace ?? ''],
    [match.actorClasses, request.actorClass],
  ];
  const excluded = (match.excludedNamespaces ?? []).includes(request.namespace ?? '');
  return !excluded && wanted.every(([list, value]) => list === undefined || list.includes(value));
}
