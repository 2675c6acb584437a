import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { GITOPS_MANAGERS, parseFieldOwners } from '../../../src/ownership/parse-field-owners.ts';
import type { FieldOwners } from '../../../src/ownership/parse-field-owners.ts';

const TREE = { 'f:spec': { 'f:replicas': {} } };

function stored(managedFields: unknown): KubernetesObject {
  return { apiVersion: 'apps/v1', metadata: { managedFields } } as KubernetesObject;
}

function parse(managedFields: unknown): FieldOwners {
  return parseFieldOwners(stored(managedFields), new Set(GITOPS_MANAGERS));
}

function entry(manager: string, changes: object = {}) {
  return { manager, operation: 'Apply', apiVersion: 'apps/v1', fieldsV1: TREE, ...changes };
}

test('parseFieldOwners() tells the entries of Git from the others', () => {
  assert.deepEqual(parse([entry('argocd-controller'), entry('kube-controller-manager')]), {
    entries: [
      { manager: 'argocd-controller', isGit: true, tree: TREE },
      { manager: 'kube-controller-manager', isGit: false, tree: TREE },
    ],
    isDoubtful: false,
  });
});

for (const manager of ['before-first-apply', 'ancient-changes']) {
  test(`parseFieldOwners() takes the collective manager "${manager}" for Git`, () => {
    assert.deepEqual(parse([entry(manager)]), {
      entries: [{ manager, isGit: true, tree: TREE }],
      isDoubtful: false,
    });
  });
}

const DOUBTFUL: readonly (readonly [string, unknown])[] = [
  ['no managedFields', undefined],
  ['null', null],
  ['a text', 'argocd-controller'],
  ['an empty list, as a reset leaves it', []],
  ['a list of an empty entry, as a reset is written', [{}]],
  ['entries that are none', [null, 7, 'x', []]],
  ['a manager without a name', [{ ...entry('x'), manager: 7 }]],
  ['no entry of Git, where an earlier write took everything over', [entry('kubectl-edit')]],
  ['an entry of Git without fields', [entry('argocd-controller', { fieldsV1: null })]],
];

for (const [why, managedFields] of DOUBTFUL) {
  test(`parseFieldOwners() doubts ${why}`, () => {
    assert.equal(parse(managedFields).isDoubtful, true);
  });
}

test('parseFieldOwners() doubts an entry of Git in another version of the API, and keeps the rest', () => {
  assert.deepEqual(
    parse([entry('argocd-controller', { apiVersion: 'apps/v1beta1' }), entry('someone')]),
    { entries: [{ manager: 'someone', isGit: false, tree: TREE }], isDoubtful: true },
  );
});

test('parseFieldOwners() ignores the entry of somebody else in another version', () => {
  assert.deepEqual(
    parse([entry('argocd-controller'), entry('someone', { apiVersion: 'apps/v1beta1' })]),
    { entries: [{ manager: 'argocd-controller', isGit: true, tree: TREE }], isDoubtful: false },
  );
});

test('parseFieldOwners() doubts an object without metadata', () => {
  assert.deepEqual(parseFieldOwners({}, new Set(GITOPS_MANAGERS)), {
    entries: [],
    isDoubtful: true,
  });
});
