import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWhole, listSeen } from '../../../../src/compose/adoption/looked.ts';
import { seen, UNSEEN } from '../../../support/adoption-samples.ts';

test('a list that was cut has its first part, and is not whole', () => {
  const cut = { status: 'cut', value: ['a'], reason: 'too many' } as const;

  assert.deepEqual([listSeen(cut), isWhole(cut)], [['a'], false]);
  assert.deepEqual([listSeen(UNSEEN), isWhole(UNSEEN)], [[], false]);
  assert.deepEqual([listSeen(seen(['a'])), isWhole(seen(['a']))], [['a'], true]);
});
