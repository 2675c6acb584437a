import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findOwner } from '../../../src/ownership/find-owner.ts';
import type { OwnedPath, PathOwner } from '../../../src/ownership/find-owner.ts';
import type { PathSegment } from '../../../src/base/format-value.ts';
import type { OwnedFields } from '../../../src/ownership/parse-field-owners.ts';

const GIT = 'argocd-controller';

function git(tree: object): OwnedFields {
  return { manager: GIT, isGit: true, tree: { ...tree } };
}

function other(manager: string, tree: object): OwnedFields {
  return { manager, isGit: false, tree: { ...tree } };
}

function keys(...names: readonly string[]): OwnedPath {
  return { segments: names.map((key) => ({ key })), items: [], isAdded: false };
}

function find(
  entries: readonly OwnedFields[],
  path: OwnedPath,
  options: { readonly nodes?: number; readonly isDoubtful?: boolean } = {},
): PathOwner {
  const { nodes = 1000, isDoubtful = false } = options;
  return findOwner({ entries, isDoubtful }, path, { budget: { nodes }, textCharsMax: 40 });
}

const REPLICAS = { 'f:spec': { 'f:replicas': {} } };

test('findOwner() names the manager of a field', () => {
  assert.deepEqual(find([git(REPLICAS)], keys('spec', 'replicas')), {
    owner: GIT,
    gitOwned: true,
  });
});

test('findOwner() names all managers of a field that several applied', () => {
  assert.deepEqual(
    find([other('b', REPLICAS), git(REPLICAS), other('b', REPLICAS)], keys('spec', 'replicas')),
    { owner: `b, ${GIT}`, gitOwned: true },
  );
});

test("findOwner() says that somebody else's field is not Git's", () => {
  const entries = [git({ 'f:spec': { 'f:template': {} } }), other('scaler', REPLICAS)];

  assert.deepEqual(find(entries, keys('spec', 'replicas')), { owner: 'scaler', gitOwned: false });
});

test("findOwner() says that nobody's field is not Git's", () => {
  assert.deepEqual(find([git(REPLICAS)], keys('spec', 'paused')), { gitOwned: false });
});

test('findOwner() takes all that is below an atomic field for owned', () => {
  const entries = [git({ 'f:spec': { 'f:selector': {} } })];

  assert.equal(find(entries, keys('spec', 'selector', 'app')).gitOwned, true);
});

test('findOwner() takes a map that holds owned fields for owned', () => {
  assert.equal(find([git(REPLICAS)], keys('spec')).gitOwned, true);
});

test('findOwner() gives an entry without fields nothing', () => {
  assert.deepEqual(find([git({}), git({ '.': {} })], keys('spec')), { gitOwned: false });
});

test("findOwner() takes the change of the whole for Git's", () => {
  assert.deepEqual(find([git(REPLICAS)], keys()), { gitOwned: true });
});

test('findOwner() takes every field for owned by Git where the entries are in doubt', () => {
  assert.deepEqual(
    find([other('scaler', REPLICAS)], keys('spec', 'replicas'), { isDoubtful: true }),
    {
      owner: 'scaler',
      gitOwned: true,
    },
  );
});

test('findOwner() takes a field for owned by Git beyond its budget', () => {
  assert.deepEqual(find([git(REPLICAS)], keys('spec', 'paused'), { nodes: 1 }), { gitOwned: true });
});

test('findOwner() cleans names that clients chose', () => {
  const { owner } = find([other(`a\n${'b'.repeat(60)}`, REPLICAS)], keys('spec', 'replicas'));

  assert.equal(owner, `a\\n${'b'.repeat(38)}…`);
});

function inList(item: unknown, ...below: readonly string[]): OwnedPath {
  const segments: readonly PathSegment[] = [
    { key: 'env' },
    { item: 'x' },
    ...below.map((key) => ({ key })),
  ];
  return { segments, items: [undefined, item], isAdded: false };
}

const ENV = { 'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } } };

test('findOwner() follows list items by their keys', () => {
  assert.equal(find([git(ENV)], inList({ name: 'A', value: '1' }, 'value')).gitOwned, true);
  assert.equal(find([git(ENV)], inList({ name: 'A', value: '1' }, 'valueFrom')).gitOwned, false);
});

test("findOwner() takes an item that matches nobody's keys for owned by Git", () => {
  const item = { name: 'B', value: '1' };
  const others = { 'f:env': { 'k:{"name":"B"}': { '.': {}, 'f:value': {} } } };

  assert.deepEqual(find([git(ENV)], inList(item, 'value')), { gitOwned: true });
  assert.deepEqual(find([git(ENV), other('injector', others)], inList(item, 'value')), {
    owner: 'injector',
    gitOwned: false,
  });
  assert.deepEqual(find([git(ENV)], { ...inList(item), isAdded: true }), { gitOwned: false });
});

test('findOwner() takes an item for owned by Git where an element cannot be read', () => {
  assert.deepEqual(find([git({ 'f:env': { 'k:{': {} } })], inList({ name: 'A' })), {
    gitOwned: true,
  });
});

test('findOwner() answers for any tree and any path', () => {
  const tree = fc.dictionary(
    fc.oneof(
      fc.string(),
      fc.string().map((name) => `f:${name}`),
      fc.string().map((text) => `k:${text}`),
    ),
    fc.jsonValue(),
  );
  const path = fc.array(fc.oneof(fc.record({ key: fc.string() }), fc.record({ index: fc.nat() })));
  fc.assert(
    fc.property(tree, path, fc.array(fc.jsonValue()), (fields, segments, items) => {
      const answer = find([git(fields)], { segments, items, isAdded: false }, { nodes: 50 });
      assert.equal(typeof answer.gitOwned, 'boolean');
    }),
  );
});

type Names = readonly string[];

/** The tree of an entry that has exactly these fields. */
function treeOf(fields: readonly Names[]): object {
  const root: Record<string, Record<string, object>> = {};
  for (const field of fields) {
    let node: Record<string, object> = root;
    for (const name of field) node = (node[`f:${name}`] ??= {}) as Record<string, object>;
  }
  return root;
}

function startsWith(names: Names, beginning: Names): boolean {
  return beginning.every((name, index) => names[index] === name);
}

test('findOwner() agrees with a comparison of paths', () => {
  const field = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), field, (fields, changed) => {
      // A field above another is a map of fields in the tree, and no longer a leaf.
      const leaves = fields.filter(
        (names) =>
          !fields.some((longer) => longer.length > names.length && startsWith(longer, names)),
      );
      const expected = leaves.some(
        (leaf) => startsWith(changed, leaf) || startsWith(leaf, changed),
      );

      assert.equal(find([git(treeOf(fields))], keys(...changed)).gitOwned, expected);
    }),
  );
});
