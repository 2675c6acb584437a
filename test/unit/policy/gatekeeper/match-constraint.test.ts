import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubernetesObject } from '../../../../src/kubernetes/object.ts';
import type { ConstraintMatch } from '../../../../src/policy/gatekeeper/constraint.ts';
import {
  labelsOf,
  matchConstraint,
  matchesGlob,
  matchesKind,
  type ContainingNamespace,
} from '../../../../src/policy/gatekeeper/match-constraint.ts';

const pod: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
};
const unlabelled: KubernetesObject = { ...pod, metadata: { name: 'web', namespace: 'shop' } };
const namespaceless: KubernetesObject = { apiVersion: 'v1', kind: 'Pod', metadata: null };

function match(
  spec: ConstraintMatch,
  objects: { readonly object?: KubernetesObject; readonly oldObject?: KubernetesObject } = {
    object: pod,
  },
  namespace?: ContainingNamespace,
) {
  return matchConstraint(spec, {
    object: objects.object,
    oldObject: objects.oldObject,
    namespace,
  });
}

describe('matchConstraint()', () => {
  const byLabel: ConstraintMatch = { labelSelector: { matchLabels: { app: 'web' } } };

  it('matches the old object, too: removing a label leaves no constraint', () => {
    assert.equal(match(byLabel, { object: unlabelled, oldObject: pod }), 'matched');
    assert.equal(match(byLabel, { object: unlabelled, oldObject: unlabelled }), 'unmatched');
    assert.equal(match(byLabel, { oldObject: pod }), 'matched');
  });

  it('says nothing where there is no object', () => {
    assert.equal(match({}, {}), 'unknown');
  });

  const selector: ConstraintMatch = { namespaceSelector: { matchLabels: { team: 'shop' } } };

  it('asks for the labels of the namespace only where everything before has matched', () => {
    assert.equal(match(selector), 'unknown');
    assert.equal(match(selector, { object: pod }, { name: 'shop' }), 'unknown');
    assert.equal(match({ ...selector, kinds: [{ kinds: ['Service'] }] }), 'unmatched');
    assert.equal(match({ ...selector, name: 'other' }), 'unknown');
    const known = { name: 'shop', labels: { team: 'shop' } };
    assert.equal(match({ ...selector, name: 'other' }, { object: pod }, known), 'unmatched');
    assert.equal(match(selector, { object: pod }, known), 'matched');
    assert.equal(match(selector, { object: pod }, { name: 'shop', labels: {} }), 'unmatched');
  });

  it('takes the namespace of the request for an object that names none, as a subresource does', () => {
    const scoped: ConstraintMatch = { scope: 'Namespaced', namespaces: ['sh*'] };

    assert.equal(match(scoped, { object: namespaceless }, { name: 'shop' }), 'matched');
    assert.equal(match(scoped, { object: namespaceless }), 'unmatched');
  });

  it('takes a Namespace without a name for one that no list names', () => {
    const object: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace' };

    assert.equal(match({ namespaces: ['shop'] }, { object }), 'unmatched');
    assert.equal(match({ name: 'web' }, { object: {} }), 'unmatched');
  });

  it('is nothing for a constraint of generated objects', () => {
    assert.equal(match({ source: 'Generated' }), 'unmatched');
  });
});

describe('matchesGlob()', () => {
  const rows: readonly (readonly [pattern: string, text: string, expected: boolean])[] = [
    ['*', '', true],
    ['*', 'any', true],
    ['kube-*', 'kube-system', true],
    ['kube-*', 'not-kube-', false],
    ['*-system', 'kube-system', true],
    ['*-system', 'kube-system-2', false],
    ['*e-s*', 'kube-system', true],
    ['*e-s*', 'other', false],
    ['a*b', 'axb', false],
    ['shop', 'shop', true],
    ['shop', 'shop2', false],
  ];
  for (const [pattern, text, expected] of rows) {
    it(`${pattern} ${expected ? 'matches' : 'does not match'} "${text}"`, () => {
      assert.equal(matchesGlob(pattern, text), expected);
    });
  }
});

it('matchesKind() takes an absent list, an empty one and a wildcard for everything', () => {
  const deployment = { group: 'apps', kind: 'Deployment' };

  assert.equal(matchesKind({}, deployment), true);
  assert.equal(matchesKind({ kinds: [] }, deployment), true);
  assert.equal(matchesKind({ kinds: [{}] }, deployment), true);
  assert.equal(matchesKind({ kinds: [{ apiGroups: [], kinds: ['*'] }] }, deployment), true);
  assert.equal(matchesKind({ kinds: [{ apiGroups: [''] }] }, deployment), false);
});

it('labelsOf() has no labels where one of them is no text', () => {
  const labels: Record<string, unknown> = { app: 1, tier: 'front' };

  assert.deepEqual(labelsOf({ metadata: Object.assign({}, { labels }) as never }), {});
  assert.deepEqual(labelsOf({}), {});
});
