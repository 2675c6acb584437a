import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { MarkedIdentity } from '../../../src/ownership/find-mark.ts';
import { createSelectorMatcher } from '../../../src/ownership/match-selector.ts';
import type { ObjectSelector } from '../../../src/ownership/settings.ts';

const identity: MarkedIdentity = {
  group: 'apps',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'a',
};
const labelled: KubernetesObject = { metadata: { labels: { tier: 'core', team: 'a' } } };

type Criteria = Omit<ObjectSelector, 'name'>;

function match(criteria: Criteria, object = labelled, place: Partial<MarkedIdentity> = {}) {
  const selectors = [
    { name: 'other', kinds: ['Nothing'] },
    { name: 'legacy', ...criteria },
  ];
  return createSelectorMatcher(selectors)(object, { ...identity, ...place });
}

const SELECTED: readonly Criteria[] = [
  { groups: ['', 'apps'] },
  { kinds: ['Deployment'] },
  { namespaces: ['shop'] },
  { namespaces: ['other', 'sh*'] },
  { labels: { tier: 'core' } },
  {
    groups: ['apps'],
    kinds: ['Deployment'],
    namespaces: ['*'],
    labels: { tier: 'core', team: 'a' },
  },
];

for (const criteria of SELECTED) {
  test(`a selector selects by ${JSON.stringify(criteria)}`, () => {
    assert.equal(match(criteria), 'legacy');
  });
}

const NOT_SELECTED: readonly Criteria[] = [
  { groups: [''] },
  { kinds: ['Job'] },
  { namespaces: ['shops', 'other*'] },
  { labels: { tier: 'edge' } },
  { labels: { tier: 'core', constructor: 'x' } },
  { kinds: ['Deployment'], labels: { zone: 'a' } },
];

for (const criteria of NOT_SELECTED) {
  test(`a selector does not select by ${JSON.stringify(criteria)}`, () => {
    assert.equal(match(criteria), undefined);
  });
}

test('cluster-scoped objects are in no namespace, and nothing without labels carries one', () => {
  assert.equal(match({ namespaces: ['*'] }, labelled, { namespace: '' }), undefined);
  assert.equal(match({ labels: { tier: 'core' } }, {}), undefined);
  assert.equal(match({ labels: { tier: 'core' } }, { metadata: { labels: null } }), undefined);
});
