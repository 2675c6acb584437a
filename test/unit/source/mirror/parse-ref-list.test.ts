import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRefList } from '../../../../src/source/mirror/parse-ref-list.ts';

const ONE = '1'.repeat(40);
const TWO = '2'.repeat(40);
const LIST = [
  `${ONE}\tHEAD`,
  `${ONE}\trefs/heads/main`,
  `${TWO}\trefs/heads/feature/main`,
  `${ONE}\trefs/tags/v1`,
  `${TWO}\trefs/tags/v1^{}`,
  `${ONE}\trefs/pull/1/head`,
  'malformed',
  `${ONE} refs/heads/main`,
  `--upload-pack=x\trefs/heads/main`,
  '',
].join('\n');

test('parseRefList() gives the wanted names, and no name that only ends like one', () => {
  const names = ['refs/heads/main', 'refs/tags/main'];
  assert.deepEqual(parseRefList(LIST, { kind: 'names', names }), [
    { name: 'refs/heads/main', objectId: ONE },
  ]);
});

test('parseRefList() gives tags, and branches and tags, without peeled lines', () => {
  assert.deepEqual(parseRefList(LIST, { kind: 'tags' }), [{ name: 'refs/tags/v1', objectId: ONE }]);
  assert.deepEqual(parseRefList(LIST, { kind: 'any' }), [
    { name: 'refs/heads/main', objectId: ONE },
    { name: 'refs/heads/feature/main', objectId: TWO },
    { name: 'refs/tags/v1', objectId: ONE },
  ]);
});
