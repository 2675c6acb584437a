import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  comparedKeysOf,
  memberOf,
  NOTHING_STORED,
  own,
} from '../../../../src/source/manifest/sides.ts';

test('comparedKeysOf() has each key once', () => {
  assert.deepEqual(comparedKeysOf({ a: 1, b: 2 }, { b: 3, c: 4 }), ['b', 'c', 'a']);
});

test('comparedKeysOf() leaves out what is one and the same value in both, and nothing else', () => {
  const [declared, object] = [
    { text: 'a', no: null, list: [], type: 1, only: undefined },
    { text: 'a', no: null, list: [], type: '1', constructor: undefined },
  ];
  assert.deepEqual(comparedKeysOf(declared, object), ['list', 'type', 'constructor', 'only']);
  assert.deepEqual(comparedKeysOf(declared, declared), ['list']);
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
