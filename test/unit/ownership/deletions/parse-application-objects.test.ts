import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseApplicationObjects } from '../../../../src/ownership/deletions/parse-application-objects.ts';

const metadata = { name: 'shop' };
const NOTHING = { listedCount: 0, plannedCount: 0, allowedCount: 0, isDeleting: false };
const resources = [
  { kind: 'Service', requiresPruning: true },
  { kind: 'Secret', requiresPruning: true },
  { kind: 'Deployment', requiresPruning: false },
  { kind: 'ConfigMap' },
];
const pruning = { sync: { prune: true } };

describe('parseApplicationObjects()', () => {
  for (const [what, object, expected] of [
    ['nothing of an application that was not compared yet', { metadata }, NOTHING],
    ['nothing of empty lists', { metadata, status: { resources: [], inventory: null } }, NOTHING],
    [
      'the objects of an Application, of which none is about to go without a sync',
      { metadata, status: { resources } },
      { ...NOTHING, listedCount: 4 },
    ],
    [
      'what a requested sync prunes',
      { metadata, operation: pruning, status: { resources } },
      { ...NOTHING, listedCount: 4, plannedCount: 2 },
    ],
    [
      'what the running sync prunes',
      { metadata, status: { resources, operationState: { phase: 'Running', operation: pruning } } },
      { ...NOTHING, listedCount: 4, plannedCount: 2 },
    ],
    [
      'nothing of a sync that has ended',
      {
        metadata,
        status: { resources, operationState: { phase: 'Succeeded', operation: pruning } },
      },
      { ...NOTHING, listedCount: 4 },
    ],
    [
      'nothing of one that does not prune',
      { metadata, operation: { sync: { prune: false } }, status: { resources } },
      { ...NOTHING, listedCount: 4 },
    ],
    [
      'nothing of one of some resources, as which ones the list does not say',
      {
        metadata,
        operation: { sync: { prune: true, resources: [{ kind: 'Service' }] } },
        status: { resources },
      },
      { ...NOTHING, listedCount: 4 },
    ],
    [
      'no plan without a list',
      { metadata, operation: { sync: { prune: true, resources: [] } }, status: null },
      NOTHING,
    ],
    [
      'the inventory of Flux',
      { metadata, status: { inventory: { entries: [{ id: 'a' }, { id: 'b' }] } } },
      { ...NOTHING, listedCount: 2 },
    ],
    [
      'that it is being deleted',
      { metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
      { ...NOTHING, isDeleting: true },
    ],
    [
      'what its annotation allows',
      { metadata: { annotations: { 'holdfast.dev/allow-deletions': '40' } } },
      { ...NOTHING, allowedCount: 40 },
    ],
  ] as const) {
    it(`tells ${what}`, () => {
      assert.deepEqual(parseApplicationObjects(object), expected);
    });
  }

  it('takes no other text for a number', () => {
    for (const text of ['all', '', '-1', '1e9', '1000000', ' 40', '４０', 40]) {
      const annotations = { 'holdfast.dev/allow-deletions': text };
      assert.deepEqual(parseApplicationObjects({ metadata: { annotations } }), NOTHING);
    }
  });

  it('refuses what has another form', () => {
    for (const object of [undefined, null, {}, { metadata: 7 }, { metadata, status: [] }]) {
      assert.equal(parseApplicationObjects(object), undefined);
    }
  });
});
