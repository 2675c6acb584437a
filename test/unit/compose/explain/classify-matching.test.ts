import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  classifyMatching,
  type MatchingQuestion,
} from '../../../../src/compose/explain/classify-matching.ts';
import { sampleDescriptor, sampleObject } from '../../../support/admission-samples.ts';

const POD = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } };

const QUESTION: MatchingQuestion = {
  policy: sampleDescriptor(),
  route: 'validate',
  attributes: {
    operation: 'CREATE',
    group: '',
    kind: 'Pod',
    resource: 'pods',
    subResource: '',
    namespace: 'shop',
    actorClass: 'other',
  },
  objects: { object: POD, oldObject: undefined, namespace: { name: 'shop' } },
  object: undefined,
  isCandidate: true,
  isSelected: false,
};

function constraint(match: object) {
  return sampleDescriptor({
    constraint: { template: 'k8slabels', name: 'owner', match, inventory: [] },
  });
}

const CASES: readonly (readonly [name: string, Partial<MatchingQuestion>, string, string])[] = [
  [
    'is about signatures of images where none are judged',
    { policy: undefined },
    'judgedImagesOnly',
    'the configuration judges no signatures of images',
  ],
  [
    'names other operations',
    { policy: sampleDescriptor({ match: { operations: ['DELETE', 'UPDATE'] } }) },
    'operations',
    'it names DELETE, UPDATE, and the request has CREATE',
  ],
  [
    'names subresources',
    { policy: sampleDescriptor({ match: { subresources: ['scale'] } }) },
    'subresources',
    'it names scale, and the request has ""',
  ],
  [
    'names many resources',
    {
      policy: sampleDescriptor({ match: { resources: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] } }),
    },
    'resources',
    'it names a, b, c, d, e, f and 2 more, and the request has pods',
  ],
  [
    'leaves the namespace out',
    { policy: sampleDescriptor({ match: { excludedNamespaces: ['shop'] } }) },
    'excludedNamespaces',
    'it leaves out the namespace shop',
  ],
  [
    'is about installations only',
    { policy: sampleDescriptor({ match: { installationsOnly: true, namespaces: ['argocd'] } }) },
    'installationsOnly',
    'nothing of GitOps or Holdfast is installed in shop',
  ],
  ['is off', { isCandidate: false }, 'mode', 'its mode is off in the namespace shop'],
  [
    'is off for what is in no namespace',
    { isCandidate: false, attributes: { ...QUESTION.attributes, namespace: undefined } },
    'mode',
    'its mode is off',
  ],
  [
    'is off and patches',
    { isCandidate: false, route: 'mutate', policy: sampleDescriptor({ rules: ['patch'] }) },
    'mode',
    'its mode is off in the namespace shop',
  ],
  [
    'patches nothing',
    { isCandidate: false, route: 'mutate' },
    'route',
    'it patches nothing, and only patches are asked for here',
  ],
  [
    'judges nothing exempt',
    { object: sampleObject({ scope: 'exempt' }) },
    'exempt',
    'the object is exempt from all policies: a cluster lives by it',
  ],
  [
    'judges what Git manages',
    {
      policy: sampleDescriptor({ match: { managedOnly: true } }),
      object: sampleObject({ managed: false, wasManaged: false, scope: 'none' }),
    },
    'managedOnly',
    'Git does not manage the object',
  ],
  [
    'is a constraint of other kinds',
    { policy: constraint({ kinds: [{ kinds: ['Service'] }] }) },
    'constraint.kinds',
    'its match names other objects by kinds',
  ],
  [
    'is a constraint of other labels',
    { policy: constraint({ scope: '*', labelSelector: { matchLabels: { team: 'a' } } }) },
    'constraint.labelSelector',
    'its match names other objects by labelSelector',
  ],
  [
    'is a constraint of which each object meets another half',
    {
      policy: constraint({ namespaces: ['shop'], name: 'web' }),
      objects: {
        object: { ...POD, metadata: { name: 'other', namespace: 'shop' } },
        oldObject: { ...POD, metadata: { name: 'web', namespace: 'bank' } },
      },
    },
    'constraint',
    'neither the new object nor the old one meets all of its match',
  ],
  [
    'is no constraint, and was not selected for no reason that is known',
    { object: sampleObject() },
    'constraint',
    'neither the new object nor the old one meets all of its match',
  ],
];

for (const [name, change, condition, reason] of CASES) {
  test(`classifyMatching() of a policy that ${name}`, () => {
    const matching = classifyMatching({ ...QUESTION, ...change });

    assert.deepEqual(matching, { matched: false, condition, reason });
  });
}

test('classifyMatching() of a policy that judged', () => {
  assert.deepEqual(classifyMatching({ ...QUESTION, isSelected: true }), { matched: true });
});
