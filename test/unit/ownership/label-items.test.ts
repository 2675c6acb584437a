import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelItems, labelTexts } from '../../../src/ownership/label-items.ts';

const LABELLED: readonly (readonly [string, readonly unknown[], readonly string[]])[] = [
  ['containers by name', [{ name: 'app' }, { name: 'proxy' }], ['app', 'proxy']],
  [
    'mounts of one volume by where they are mounted',
    [
      { name: 'data', mountPath: '/a' },
      { name: 'data', mountPath: '/b' },
    ],
    ['/a', '/b'],
  ],
  [
    'ports by number and protocol',
    [
      { containerPort: 53, protocol: 'UDP' },
      { containerPort: 53, protocol: 'TCP' },
    ],
    ['53/UDP', '53/TCP'],
  ],
  ['service ports without protocol', [{ port: 80 }, { port: 443 }], ['80', '443']],
  ['conditions by type', [{ type: 'Ready' }, { type: 'Failed' }], ['Ready', 'Failed']],
  [
    'tolerations by key and effect',
    [
      { key: 'a', effect: 'NoExecute' },
      { key: 'a', effect: 'NoSchedule' },
    ],
    ['a/NoExecute', 'a/NoSchedule'],
  ],
  ['host aliases by address', [{ ip: '10.0.0.1' }], ['10.0.0.1']],
];

for (const [why, items, labels] of LABELLED) {
  test(`labelItems() labels ${why}`, () => {
    assert.deepEqual(labelItems(items, items), { from: labels, to: labels });
  });
}

const UNLABELLED: readonly (readonly [string, readonly unknown[]])[] = [
  ['texts', ['a', 'b']],
  ['a mixture', [{ name: 'a' }, 'b']],
  ['objects of one name', [{ name: 'a' }, { name: 'a' }]],
  ['an empty name', [{ name: '' }]],
  ['a name that is none', [{ name: { a: 1 } }]],
  ['a name of the prototype', [Object.create({ name: 'a' })]],
  ['more items than names are worth', Array.from({ length: 1001 }, (_, name) => ({ name }))],
];

for (const [why, items] of UNLABELLED) {
  test(`labelItems() leaves ${why} to their indexes`, () => {
    assert.equal(labelItems(items, []), undefined);
  });
}

test('labelItems() takes the key that names the items of both lists', () => {
  const from = [{ name: 'a', ip: '1' }];
  const to = [{ ip: '2' }];

  assert.deepEqual(labelItems(from, to), { from: ['1'], to: ['2'] });
});

test('labelTexts() labels sets of texts by themselves', () => {
  assert.deepEqual(labelTexts(['a'], ['b']), { from: ['a'], to: ['b'] });
  assert.equal(labelTexts(['a', 'a'], []), undefined);
  assert.equal(labelTexts([], ['a', 7]), undefined);
});
