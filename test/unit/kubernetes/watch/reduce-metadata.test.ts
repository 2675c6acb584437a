import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keepSelector, MetadataReducer } from '../../../../src/kubernetes/watch/reduce-metadata.ts';

const keeper = new MetadataReducer((key) => key === 'mark');
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u1' };

describe('MetadataReducer', () => {
  it('keeps who the object is and who owns it, and nothing of what it holds', () => {
    const object = {
      kind: 'Secret',
      data: { password: 'x' },
      metadata: {
        name: 'a',
        namespace: 'shop',
        uid: 'u',
        resourceVersion: '7',
        deletionTimestamp: '2026-01-01T00:00:00Z',
        generation: 4,
        labels: { mark: 'm', other: 'o' },
        annotations: { mark: 'n', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
        ownerReferences: [
          { ...owner, controller: true, blockOwnerDeletion: true },
          { ...owner, controller: null },
        ],
        managedFields: [
          {
            manager: 'argocd-controller',
            operation: 'Apply',
            apiVersion: 'v1',
            fieldsV1: { x: 1 },
          },
          { manager: 'kubelet', operation: 'Update', apiVersion: 'v1', subresource: 'status' },
        ],
      },
    };
    assert.deepEqual(keeper.keep(object), {
      name: 'a',
      namespace: 'shop',
      uid: 'u',
      resourceVersion: '7',
      deletionTimestamp: '2026-01-01T00:00:00Z',
      labels: { mark: 'm' },
      annotations: { mark: 'n' },
      ownerReferences: [{ ...owner, controller: true }, owner],
      managedFields: [
        { manager: 'argocd-controller', operation: 'Apply', apiVersion: 'v1' },
        { manager: 'kubelet', operation: 'Update', apiVersion: 'v1', subresource: 'status' },
      ],
    });
  });

  it('keeps little of an object that has little', () => {
    const metadata = { name: 'a', uid: 'u', resourceVersion: '7', labels: { other: 'o' } };
    const kept = { name: 'a', uid: 'u', resourceVersion: '7' };
    assert.deepEqual(keeper.keep({ metadata: { ...metadata, deletionTimestamp: null } }), kept);
    const nothing = { name: undefined, uid: undefined, resourceVersion: undefined };
    assert.deepEqual(keeper.keep({}), nothing);
  });

  it('keeps what an object was named from where it can bear a mark that refers to it', () => {
    const named = { name: 'a-1', generateName: 'a-' };
    const marked = { ...named, annotations: { mark: 'm' } };

    assert.equal(keeper.keep({ metadata: marked })?.generateName, 'a-');
    assert.equal(keeper.keep({ metadata: named })?.generateName, undefined);
  });

  it('shares what objects have in common', () => {
    const managedFields = () => [{ manager: 'm', operation: 'Apply', apiVersion: 'v1' }];
    const first = keeper.keep({ metadata: { name: 'a', managedFields: managedFields() } });
    const second = keeper.keep({ metadata: { name: 'b', managedFields: managedFields() } });
    assert.equal(first?.managedFields, second?.managedFields);
  });

  it('gives no room to texts, owners or managers beyond reason', () => {
    const many = <Item>(item: Item, length: number) => Array.from({ length }, () => item);
    const long = { mark: 'x'.repeat(4097) };
    assert.equal(keeper.keep({ metadata: { labels: long } }), undefined);
    assert.equal(keeper.keep({ metadata: { annotations: long } }), undefined);
    assert.equal(keeper.keep({ metadata: { ownerReferences: many(owner, 33) } }), undefined);
    assert.equal(keeper.keep({ metadata: { managedFields: many({}, 65) } }), undefined);
    assert.notEqual(keeper.keep({ metadata: { annotations: { other: long.mark } } }), undefined);
  });

  it('goes on when more has been seen than is remembered', () => {
    const names = Array.from({ length: 20_001 }, (_, index) => `n${String(index)}`);
    for (const namespace of names) keeper.keep({ metadata: { namespace } });
    assert.equal(keeper.keep({ metadata: { namespace: 'n0' } })?.namespace, 'n0');
  });
});

describe('keepSelector()', () => {
  it('keeps the selector of a workload, as it is', () => {
    const selector = { matchLabels: { app: 'web' } };

    assert.deepEqual(keepSelector({ spec: { selector } }), selector);
    assert.equal(keepSelector({ spec: {} }), undefined);
    assert.equal(keepSelector({}), undefined);
  });

  it('says of one beyond reason only that it is there', () => {
    const selector = { matchLabels: { app: 'x'.repeat(4096) } };

    assert.equal(keepSelector({ spec: { selector } }), 'too large');
  });
});
