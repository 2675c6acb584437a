import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFindingList } from '../../../../src/audit/verify/verification-finding.ts';

test('faults beyond the limit are counted and not kept; notes always are', () => {
  const list = createFindingList(2);

  for (let sequence = 1; sequence <= 5; sequence += 1) {
    list.report({ kind: 'changed', file: 'f', sequence, message: 'm' });
  }
  list.report({ kind: 'folder-key', file: '', message: 'n' });

  assert.deepEqual(
    list.shown().map(({ kind }) => kind),
    ['changed', 'changed', 'folder-key'],
  );
  assert.deepEqual(list.counts(), { changed: 5, 'folder-key': 1 });
  assert.equal(list.faultCount(), 5);
});
