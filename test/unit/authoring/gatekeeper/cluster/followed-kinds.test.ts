import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  constraintKindOf,
  documentOf,
  sortDocuments,
} from '../../../../../src/authoring/gatekeeper/cluster/followed-kinds.ts';

test('an object is found by its kind, its namespace and its name, and says what it is', () => {
  const kind = constraintKindOf('Owned');

  assert.deepEqual(documentOf({ metadata: { name: 'a' }, spec: {} }, kind), {
    file: 'Owned/a',
    value: {
      apiVersion: 'constraints.gatekeeper.sh/v1beta1',
      kind: 'Owned',
      metadata: { name: 'a' },
      spec: {},
    },
  });
  assert.equal(documentOf({ metadata: { namespace: 'b', name: 'a' } }, kind).file, 'Owned/b/a');
});

test('documents are in the order of their names', () => {
  const files = ['B/a', 'A/b', 'A/a'].map((file) => ({ file, value: {} }));

  assert.deepEqual(
    sortDocuments(files).map(({ file }) => file),
    ['A/a', 'A/b', 'B/a'],
  );
});
