import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectInventory } from '../../../../src/policy/gatekeeper/select-inventory.ts';

const NODE = { metadata: { name: 'a', labels: { zone: 'b' } }, spec: { taints: [{ key: 'c' }] } };
const WEB = { metadata: { name: 'web' }, spec: { replicas: 1 } };
const TREE = {
  cluster: { v1: { Node: { a: NODE }, Namespace: { shop: WEB } } },
  namespace: {
    shop: { 'apps/v1': { Deployment: { web: WEB } }, v1: { Pod: { web: WEB } } },
    pay: { v1: { Pod: { other: NODE } } },
  },
};

test('selectInventory() keeps what lies on one of the paths, by their keys or by any', () => {
  assert.deepEqual(selectInventory(TREE, [['cluster', 'v1', 'Node', null]]), {
    cluster: { v1: { Node: { a: NODE } } },
  });
  assert.deepEqual(
    selectInventory(TREE, [
      ['namespace', null, null, 'Deployment', null],
      ['cluster', null, 'Namespace'],
    ]),
    {
      cluster: { v1: { Namespace: { shop: WEB } } },
      namespace: { shop: { 'apps/v1': { Deployment: { web: WEB } } } },
    },
  );
  assert.deepEqual(selectInventory(TREE, [[null, 'pay']]), {
    namespace: { pay: TREE.namespace.pay },
  });
});

test('selectInventory() keeps members of objects, and lists whole', () => {
  assert.deepEqual(
    selectInventory(TREE, [
      ['cluster', 'v1', 'Node', null, 'metadata', 'labels'],
      ['cluster', 'v1', 'Node', null, 'spec', 'taints', null, 'key'],
    ]),
    {
      cluster: {
        v1: {
          Node: { a: { metadata: { labels: { zone: 'b' } }, spec: { taints: [{ key: 'c' }] } } },
        },
      },
    },
  );
});

test('selectInventory() keeps a value that is empty itself, and nothing where no path leads', () => {
  const tree = { cluster: { v1: { Node: { a: { labels: {}, names: [] } } } } };

  assert.deepEqual(selectInventory(tree, [['cluster', 'v1', 'Node', 'a', 'labels']]), {
    cluster: { v1: { Node: { a: { labels: {} } } } },
  });
  assert.deepEqual(selectInventory(tree, [['namespace', null]]), {});
  assert.deepEqual(selectInventory(tree, []), {});
});

test('selectInventory() gives the tree itself for the empty path, and for what is no tree', () => {
  assert.equal(selectInventory(TREE, [['cluster'], []]), TREE);
  assert.equal(selectInventory('text', [['cluster']]), 'text');
});

test('selectInventory() keeps a name that means something in JavaScript', () => {
  const tree: unknown = JSON.parse('{"cluster":{"v1":{"Node":{"__proto__":{"a":1}}}}}');

  const selected = selectInventory(tree, [['cluster', 'v1', 'Node', null, 'a']]);

  assert.equal(JSON.stringify(selected), JSON.stringify(tree));
});
