import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { findObjectRanges } from '../../../../src/audit/query/find-object-ranges.ts';

const END = '\u{10FFFF}';

function database(...objects: readonly (string | null)[]): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE entries (object TEXT); CREATE INDEX o ON entries (object)');
  for (const object of objects) db.prepare('INSERT INTO entries VALUES (?)').run(object);
  return db;
}

const db = database(
  null,
  '/pods/shop/a',
  '/pods/shop/b',
  'apps/deployments/shop/a',
  'apps/deployments/web/a',
  'old/deployments/shop/a',
  `odd/things/${END}${END}`,
  'noform',
);

for (const [name, pattern, expected] of [
  ['a kind', { resources: ['pods'] }, [{ from: '/pods/', to: `/pods/${END}`, ending: undefined }]],
  [
    'one object in each group that has its kind',
    { resources: ['deployments'], namespace: 'shop', name: 'a' },
    [{ exact: 'apps/deployments/shop/a' }, { exact: 'old/deployments/shop/a' }],
  ],
  [
    'a namespace',
    { resources: ['deployments'], group: 'apps', namespace: 'shop' },
    [{ from: 'apps/deployments/shop/', to: `apps/deployments/shop/${END}`, ending: undefined }],
  ],
  [
    'a name',
    { resources: ['pods'], name: 'a' },
    [{ from: '/pods/', to: `/pods/${END}`, ending: '/a' }],
  ],
  ['nothing of the kind', { resources: ['nodes'] }, []],
] as const) {
  test(`the ranges of ${name}`, () => {
    assert.deepEqual(findObjectRanges(db, pattern), expected);
  });
}

test('texts of another form end the search too', () => {
  assert.equal(findObjectRanges(db, { resources: [] }).length, 5);
});
