import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ignoreDifferencesSchema,
  matchIgnored,
  removeIgnored,
} from '../../../../src/source/manifest/ignore-differences.ts';

const TARGET = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };

function matchRows(...rows: readonly object[]) {
  return matchIgnored(ignoreDifferencesSchema.parse(rows) ?? [], TARGET);
}

test('matchIgnored() takes the rows of the object: group and kind are globs', () => {
  const jsonPointers = ['/spec/replicas'];
  const removals = [['spec', 'replicas']];
  for (const row of [
    { group: 'apps', kind: 'Deployment' },
    { group: '*', kind: '*' },
    { group: 'apps', kind: 'Deploy*', name: 'web', namespace: 'shop' },
    { group: 'a?ps', kind: '{Deployment,StatefulSet}' },
  ]) {
    assert.deepEqual(matchRows({ ...row, jsonPointers }), { removals, unapplied: [] });
  }
  for (const row of [
    { kind: 'Deployment' },
    { group: 'apps', kind: 'StatefulSet' },
    { group: 'apps', kind: 'Deployment', name: 'other' },
    { group: 'apps', kind: 'Deployment', namespace: 'other' },
  ]) {
    assert.deepEqual(matchRows({ ...row, jsonPointers }), { removals: [], unapplied: [] });
  }
});

test('matchIgnored() names globs that it does not evaluate, where they may mean the object', () => {
  const jsonPointers = ['/spec/replicas'];
  assert.deepEqual(matchRows({ group: 'app[s]', kind: 'Deployment', jsonPointers }), {
    removals: [],
    unapplied: ['the glob "app[s]/Deployment"'],
  });
  assert.deepEqual(matchRows({ group: 'apps', kind: '[DS]*', jsonPointers }).unapplied, [
    'the glob "apps/[DS]*"',
  ]);
  for (const row of [
    { group: 'app[s]', kind: 'StatefulSet' },
    { group: 'batch', kind: '[DS]*' },
    { group: 'app[s]', kind: 'Deployment', name: 'other' },
  ]) {
    assert.deepEqual(matchRows({ ...row, jsonPointers }), { removals: [], unapplied: [] });
  }
});

test('matchIgnored() reads plain jq paths, and names other programs', () => {
  const row = { group: 'apps', kind: 'Deployment' };
  const jqPathExpressions = [
    '.spec.template.spec.containers[].image',
    '.webhooks[]?.clientConfig.caBundle',
    '.metadata.annotations["a.b/c"]',
    '.metadata."a/b"',
    '.spec.list[0]',
    '.spec | keys',
    '.',
    'spec',
  ];
  assert.deepEqual(matchRows({ ...row, jqPathExpressions, managedFieldsManagers: ['hpa'] }), {
    removals: [
      ['spec', 'template', 'spec', 'containers', null, 'image'],
      ['webhooks', null, 'clientConfig', 'caBundle'],
      ['metadata', 'annotations', 'a.b/c'],
      ['metadata', 'a/b'],
      ['spec', 'list', '0'],
    ],
    unapplied: ['.spec | keys', '.', 'spec', 'fields of the manager hpa'],
  });
});

test('removeIgnored() takes fields and items away, and shares the rest', () => {
  const object = { a: { b: 1, c: [{ d: 1, e: 2 }, { d: 3 }] }, 'x/y': 1 };
  function without(...pointers: readonly string[]) {
    return removeIgnored(object, matchRows({ group: '*', kind: '*', jsonPointers: pointers }));
  }
  assert.deepEqual(without('/a/b'), { a: { c: object.a.c }, 'x/y': 1 });
  assert.deepEqual(without('/a/c/1'), { a: { b: 1, c: [{ d: 1, e: 2 }] }, 'x/y': 1 });
  assert.deepEqual(without('/a/c/0/d'), { a: { b: 1, c: [{ e: 2 }, { d: 3 }] }, 'x/y': 1 });
  assert.deepEqual(without('/x~1y'), { a: object.a });
  assert.deepEqual(without('/absent/b', '/a/b/c', '/__proto__'), object);
  const every = matchRows({ group: '*', kind: '*', jqPathExpressions: ['.a.c[].d', '.a[]'] });
  assert.deepEqual(removeIgnored(object, every), { a: { b: 1, c: [{ e: 2 }, {}] }, 'x/y': 1 });
});
