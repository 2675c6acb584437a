import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { findTakenManagers } from '../../../src/ownership/find-taken-managers.ts';
import { GITOPS_MANAGERS } from '../../../src/ownership/parse-field-owners.ts';

const GIT = 'argocd-controller';

interface State {
  readonly fields: unknown;
  readonly content?: object;
  readonly entry?: object;
}

function object({ fields, content = CONTENT, entry = {} }: State): KubernetesObject {
  const git = { manager: GIT, operation: 'Apply', apiVersion: 'v1', fieldsV1: fields, ...entry };
  return {
    ...content,
    metadata: { managedFields: [{ manager: 'other', fieldsV1: {} }, git] },
  } as KubernetesObject;
}

const CONTENT = {
  data: { a: '1', b: '2' },
  list: [{ name: 'x', image: 'i', args: ['1'] }],
  set: ['m', 'n'],
};
const FIELDS = {
  'f:data': { 'f:a': {}, 'f:b': {} },
  'f:list': { 'k:{"name":"x"}': { '.': {}, 'f:image': {}, 'f:args': {} } },
  'f:set': { 'v:"m"': {} },
};

function find(from: State, to: State, limits: { nodes?: number; depthMax?: number } = {}) {
  const { nodes = 10_000, depthMax = 50 } = limits;
  const states = { from: object(from), to: object(to) };
  return findTakenManagers(states, new Set(GITOPS_MANAGERS), { budget: { nodes }, depthMax });
}

const before: State = { fields: FIELDS };

const TAKEN: readonly (readonly [string, State])[] = [
  ['a field', { fields: { ...FIELDS, 'f:data': { 'f:a': {} } } }],
  ['a map of fields', { fields: { 'f:list': FIELDS['f:list'], 'f:set': FIELDS['f:set'] } }],
  [
    'a field of a list item',
    { fields: { ...FIELDS, 'f:list': { 'k:{"name":"x"}': { '.': {}, 'f:args': {} } } } },
  ],
  ['a list item', { fields: { ...FIELDS, 'f:list': { 'k:{"name":"y"}': {} } } }],
  ['a member of a set', { fields: { ...FIELDS, 'f:set': { 'v:"n"': {} } } }],
  ['all fields at once', { fields: {} }],
  ['fields that are no tree any more', { fields: null }],
  [
    'a field beside one that changed',
    {
      fields: { ...FIELDS, 'f:data': { 'f:c': {} }, 'f:set': { 'v:"n"': {} } },
      content: { ...CONTENT, data: { a: '9', b: '2' } },
    },
  ],
];

for (const [why, after] of TAKEN) {
  test(`findTakenManagers() finds taken ${why}`, () => {
    assert.deepEqual(find(before, after), [GIT]);
  });
}

const KEPT: readonly (readonly [string, State])[] = [
  ['the same fields', { fields: structuredClone(FIELDS) }],
  ['more fields', { fields: { ...FIELDS, 'f:spec': {} } }],
  [
    'a field that goes because its value changed',
    {
      fields: { ...FIELDS, 'f:data': { 'f:a': {} } },
      content: { ...CONTENT, data: { a: '1', b: '3' } },
    },
  ],
  [
    'a field that goes with its value',
    { fields: { ...FIELDS, 'f:data': { 'f:a': {} } }, content: { ...CONTENT, data: { a: '1' } } },
  ],
  [
    'an item that goes from its list',
    { fields: { ...FIELDS, 'f:list': {} }, content: { ...CONTENT, list: [] } },
  ],
  ['a list that became atomic in its schema', { fields: { ...FIELDS, 'f:list': { '.': {} } } }],
  [
    'a map that became a text',
    { fields: { ...FIELDS, 'f:set': {} }, content: { ...CONTENT, set: 'm' } },
  ],
];

for (const [why, after] of KEPT) {
  test(`findTakenManagers() takes no offence at ${why}`, () => {
    assert.deepEqual(find(before, after), []);
  });
}

test('findTakenManagers() compares an entry with its own successor only', () => {
  const empty = { fields: {} };
  assert.deepEqual(find(before, { ...empty, entry: { operation: 'Update' } }), []);
  assert.deepEqual(find(before, { ...empty, entry: { subresource: 'status' } }), []);
  assert.deepEqual(find(before, { ...empty, entry: { manager: 'someone' } }), []);
});

test('findTakenManagers() finds an entry that was moved to another version of the API', () => {
  const moved = { ...before, entry: { apiVersion: 'v2' } };
  assert.deepEqual(find(before, moved), [GIT]);

  const states = { from: object(before), to: object(moved) };
  const two = [object(before), object(moved)].flatMap((of) => of.metadata?.managedFields ?? []);
  const both = { ...states.from, metadata: { managedFields: two } };
  const limits = { budget: { nodes: 1000 }, depthMax: 50 };
  // Two entries already: the older one went because others wrote all of its fields.
  assert.deepEqual(findTakenManagers({ from: both, to: states.to }, new Set([GIT]), limits), []);
});

test('findTakenManagers() passes over entries that are none', () => {
  const [from, to] = [object(before), object({ fields: { ...FIELDS, 'f:data': { 'f:a': {} } } })];
  const beside = (of: KubernetesObject): KubernetesObject =>
    Object.assign({}, of, {
      metadata: { managedFields: [null, 7, 'x', ...(of.metadata?.managedFields ?? [])] },
    });
  const limits = { budget: { nodes: 1000 }, depthMax: 50 };
  const states = { from: beside(from), to: beside(to) };
  assert.deepEqual(findTakenManagers(states, new Set([GIT]), limits), [GIT]);
});

test('findTakenManagers() takes what it may not look at for taken', () => {
  assert.deepEqual(find(before, { fields: structuredClone(FIELDS) }, { nodes: 3 }), [GIT]);
  assert.deepEqual(find(before, { fields: structuredClone(FIELDS) }, { depthMax: 1 }), [GIT]);
});

test('findTakenManagers() finds nothing taken from an entry that has no fields', () => {
  assert.deepEqual(find({ fields: null }, before), []);
});

test('findTakenManagers() ignores objects without entries', () => {
  const limits = { budget: { nodes: 10 }, depthMax: 5 };
  assert.deepEqual(findTakenManagers({ from: {}, to: {} }, new Set(GITOPS_MANAGERS), limits), []);
});

test('findTakenManagers() answers for any two trees', () => {
  const tree = fc.dictionary(
    fc.oneof(fc.constantFrom('.', 'f:data', 'f:a', 'v:"m"', 'k:{"name":"x"}', 'k:{'), fc.string()),
    fc.jsonValue({ maxDepth: 3 }),
  );
  fc.assert(
    fc.property(tree, tree, fc.dictionary(fc.string(), fc.jsonValue()), (fields, now, content) => {
      const found = find({ fields, content }, { fields: now, content }, { nodes: 200 });
      assert.ok(found.length <= 1);
    }),
  );
});
