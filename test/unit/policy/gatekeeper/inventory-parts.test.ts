import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InventoryParts } from '../../../../src/policy/gatekeeper/inventory-parts.ts';
import type { InventoryPath } from '../../../../src/policy/gatekeeper/constraint.ts';
import { sampleDescriptor } from '../../../support/admission-samples.ts';

const INVENTORY = { cluster: { v1: { Node: { a: { name: 'a' } }, Namespace: { shop: {} } } } };
const FACTS = { cluster: { name: 'test' }, inventory: INVENTORY };

function constraintThatReads(inventoryReads: readonly InventoryPath[] | undefined) {
  return sampleDescriptor({
    name: 'template/it',
    facts: ['inventory'],
    constraint: { template: 'template', name: 'it', match: {}, inventory: [], inventoryReads },
  });
}

function inventoryOf(facts: object | undefined): unknown {
  return facts !== undefined && 'inventory' in facts ? facts.inventory : undefined;
}

describe('InventoryParts', () => {
  it('leaves out what none of the policies can read, once for all requests', () => {
    const parts = new InventoryParts();
    const policies = [
      constraintThatReads([['cluster', 'v1', 'Node', null]]),
      sampleDescriptor({ name: 'other' }),
    ];

    const [first, again] = [1, 2].map(() => parts.narrow(FACTS, 'a', policies));

    assert.deepEqual(first, {
      ...FACTS,
      inventory: { cluster: { v1: { Node: { a: { name: 'a' } } } } },
    });
    assert.equal(inventoryOf(first), inventoryOf(again));
  });

  it('selects again for other policies, and where the inventory has changed', () => {
    const parts = new InventoryParts();
    const nodes = [constraintThatReads([['cluster', 'v1', 'Node']])];
    const namespaces = [constraintThatReads([['cluster', 'v1', 'Namespace']])];
    const changed = { ...FACTS, inventory: { cluster: { v1: { Node: {} } } } };

    const found = [
      parts.narrow(FACTS, 'nodes', nodes),
      parts.narrow(FACTS, 'namespaces', namespaces),
      parts.narrow(changed, 'nodes', nodes),
    ].map(inventoryOf);

    assert.deepEqual(found, [
      { cluster: { v1: { Node: { a: { name: 'a' } } } } },
      { cluster: { v1: { Namespace: { shop: {} } } } },
      { cluster: { v1: { Node: {} } } },
    ]);
  });

  it('leaves the facts as they are where a policy may read everything, and where there is no inventory', () => {
    const parts = new InventoryParts();
    const own = sampleDescriptor({ name: 'own', optionalFacts: ['inventory'] });
    const without = { cluster: { name: 'test' } };

    assert.equal(parts.narrow(FACTS, 'older', [constraintThatReads(undefined)]), FACTS);
    assert.equal(parts.narrow(FACTS, 'own', [constraintThatReads([['cluster']]), own]), FACTS);
    assert.equal(parts.narrow(without, 'own', [own]), without);
  });

  it('goes on beyond as many combinations as it remembers', () => {
    const parts = new InventoryParts();
    const policies = [constraintThatReads([['cluster', 'v1', 'Namespace']])];

    for (let index = 0; index < 100; index += 1) {
      const narrowed = parts.narrow(FACTS, `combination ${String(index)}`, policies);
      assert.deepEqual(inventoryOf(narrowed), { cluster: { v1: { Namespace: { shop: {} } } } });
    }
  });
});
