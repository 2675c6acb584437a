import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOf, memberOf, NOTHING_STORED, own } from '../../../../src/source/manifest/sides.ts';

test('keysOf() has each key once', () => {
  assert.deepEqual(keysOf({ a: 1, b: 2 }, { b: 3, c: 4 }), ['b', 'c', 'a']);
});

test('own() reads own keys only', () => {
  assert.equal(own({ a: 1 }, 'a'), 1);
  assert.equal(own({}, 'constructor'), undefined);
});

test('memberOf() passes on that nothing is stored', () => {
  assert.equal(memberOf(NOTHING_STORED, 'a'), NOTHING_STORED);
  assert.equal(memberOf({ a: 1 }, 'a'), 1);
  assert.equal(memberOf('text', 'a'), undefined);
  assert.equal(memberOf(undefined, 'a'), undefined);
});
