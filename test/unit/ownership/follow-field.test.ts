import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followItem, followKey, isLeaf } from '../../../src/ownership/follow-field.ts';

const NODE = { 'f:name': {} };

function follow(tree: object, place: { item: unknown; index?: number | undefined }, nodes = 100) {
  return followItem({ ...tree }, { index: undefined, ...place }, { nodes });
}

test('isLeaf() is true where nothing but the node itself is a member', () => {
  assert.deepEqual(
    [isLeaf({}), isLeaf({ '.': {} }), isLeaf({ '.': {}, 'f:a': {} })],
    [true, true, false],
  );
});

test('followKey() finds a key by its own node', () => {
  assert.deepEqual(
    [
      followKey({ 'f:spec': NODE }, 'spec'),
      followKey({ 'f:spec': NODE }, 'status'),
      followKey({ 'f:spec': 7 }, 'spec'),
      followKey({}, '__proto__'),
    ],
    [NODE, undefined, undefined, undefined],
  );
});

const ITEMS: readonly (readonly [string, object, unknown, number | undefined, unknown])[] = [
  ['by its key field', { 'k:{"name":"app"}': NODE }, { name: 'app', image: 'x' }, undefined, NODE],
  ['not by another key', { 'k:{"name":"app"}': NODE }, { name: 'proxy' }, undefined, 'absent'],
  [
    'by all key fields',
    { 'k:{"containerPort":80,"protocol":"UDP"}': NODE },
    { containerPort: 80, protocol: 'TCP' },
    undefined,
    'absent',
  ],
  [
    'by a key field that the API server fills in',
    { 'k:{"containerPort":80,"protocol":"TCP"}': NODE },
    { containerPort: 80 },
    undefined,
    NODE,
  ],
  ['not where the key field is missing', { 'k:{"port":80}': NODE }, {}, undefined, 'absent'],
  ['a member of a set', { '.': {}, 'v:"orphan"': NODE }, 'orphan', undefined, NODE],
  ['not another member', { 'v:"orphan"': NODE }, 'other', undefined, 'absent'],
  ['by its index', { 'i:1': NODE }, 'x', 1, NODE],
  ['not by another index', { 'i:1': NODE }, 'x', 2, 'absent'],
  ['not a scalar by keys', { 'k:{"name":"app"}': NODE }, 'app', undefined, 'absent'],
  ['not by keys that are no map', { 'k:7': NODE }, { name: 'app' }, undefined, 'absent'],
  [
    'unknown where an element is no JSON',
    { 'k:{"name': NODE },
    { name: 'a' },
    undefined,
    'unknown',
  ],
  [
    'unknown where a key is told twice',
    { 'k:{"a":1,"a":2}': NODE },
    { a: 2 },
    undefined,
    'unknown',
  ],
  ['unknown where the node is no map', { 'v:1': 7 }, 1, undefined, 'unknown'],
  ['not by the prototype', { 'k:{"constructor":1}': NODE }, {}, undefined, 'absent'],
];

for (const [why, tree, item, index, expected] of ITEMS) {
  test(`followItem() finds an item ${why}`, () => {
    assert.deepEqual(follow(tree, { item, index }), expected);
  });
}

test('followItem() gives up beyond its budget', () => {
  assert.equal(follow({ 'v:1': NODE, 'v:2': NODE }, { item: 2 }, 1), 'unknown');
});
