import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRecord } from '../../../../src/base/is-record.ts';
import { matchListItems } from '../../../../src/source/manifest/match-list-items.ts';

function match(declared: readonly unknown[], object: readonly unknown[], stored?: unknown) {
  return matchListItems({ declared, object, stored }, ['name'], readKey);
}

function readKey(item: unknown, key: string): unknown {
  return isRecord(item) ? item[key] : undefined;
}

const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];

test('matchListItems() brings together what has the same key', () => {
  assert.deepEqual(match([a, b], [b, c], [c]), {
    items: [
      { label: 'b', declared: b, object: b, stored: undefined },
      { label: 'c', declared: undefined, object: c, stored: c },
      { label: 'a', declared: a, object: undefined, stored: undefined },
    ],
    isOrdered: true,
  });
});

test('matchListItems() passes on what stands for no stored list', () => {
  const nothing = Symbol('nothing');
  assert.deepEqual(match([a], [a], nothing)?.items, [
    { label: 'a', declared: a, object: a, stored: nothing },
  ]);
});

test('matchListItems() knows the order of the manifest, and the stored one', () => {
  assert.equal(match([a, b], [a, c, b])?.isOrdered, true);
  assert.equal(match([a, b], [b, a])?.isOrdered, false);
  assert.equal(match([a, b], [b, a], [b, a])?.isOrdered, true);
});

test('matchListItems() labels by several keys, numbers and absent ones too', () => {
  const port = { containerPort: 80, protocol: 'TCP' };
  const bare = { containerPort: 80 };
  const labels = matchListItems(
    { declared: [], object: [port, bare], stored: undefined },
    ['containerPort', 'protocol'],
    readKey,
  )?.items;
  assert.deepEqual(
    labels?.map(({ label }) => label),
    ['80/TCP', '80/""'],
  );
});

test('matchListItems() has no answer for repeated keys and for what is no object', () => {
  assert.equal(match([a, a], [a]), undefined);
  assert.equal(match([a], [a, a]), undefined);
  assert.equal(match(['a'], [a]), undefined);
  assert.equal(match([a], [null]), undefined);
  assert.equal(match([a], [a], [b, b])?.items[0]?.stored, undefined);
});
