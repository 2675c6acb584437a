import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configurationOf } from '../../../../src/compose/adoption/planned-configuration.ts';

test('a configuration has the values and the items, and nothing of what is only asked', () => {
  const key = { notes: ['n'], questions: [{ key: 'k', text: 't' }] };

  assert.deepEqual(
    configurationOf([
      { ...key, section: 'a', key: 'b', value: false },
      { ...key, section: 'c', key: 'd' },
      { ...key, section: 'a', key: 'e', items: [{ notes: [], value: { f: 1 } }] },
    ]),
    { a: { b: false, e: [{ f: 1 }] } },
  );
});
