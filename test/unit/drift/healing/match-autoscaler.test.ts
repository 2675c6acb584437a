import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  declaresNoReplicas,
  hasReplicas,
  matchAutoscaler,
} from '../../../../src/drift/healing/match-autoscaler.ts';

const DEPLOYMENT = { group: 'apps', kind: 'Deployment', name: 'checkout' };

function listOf(...targets: readonly object[]): object {
  return {
    items: targets.map((scaleTargetRef, index) => ({
      metadata: { name: `hpa-${index}` },
      spec: { scaleTargetRef },
    })),
  };
}

const TARGET = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' };

describe('matchAutoscaler', () => {
  it('finds the one that targets the object, in whichever version', () => {
    const found = { status: 'found', autoscaler: 'hpa-1' };
    for (const apiVersion of ['apps/v1', 'apps/v1beta2']) {
      const list = listOf({ ...TARGET, name: 'other' }, { ...TARGET, apiVersion });
      assert.deepEqual(matchAutoscaler(list, DEPLOYMENT), found);
    }
    const core = { group: '', kind: 'ReplicationController', name: 'a' };
    assert.deepEqual(
      matchAutoscaler(listOf({ apiVersion: 'v1', kind: core.kind, name: 'a' }), core),
      { status: 'found', autoscaler: 'hpa-0' },
    );
    assert.deepEqual(matchAutoscaler(listOf({ kind: core.kind, name: 'a' }), core), {
      status: 'found',
      autoscaler: 'hpa-0',
    });
  });

  it('finds none of another group, kind or name', () => {
    const others = [
      { ...TARGET, apiVersion: 'example.com/v1' },
      { ...TARGET, kind: 'StatefulSet' },
      { ...TARGET, name: 'web' },
    ];
    assert.deepEqual(matchAutoscaler(listOf(...others), DEPLOYMENT), { status: 'none' });
  });

  it('does not take what it cannot read for none', () => {
    for (const list of [undefined, {}, { items: [{}] }, 'text']) {
      assert.deepEqual(matchAutoscaler(list, DEPLOYMENT), { status: 'unreadable' });
    }
  });
});

describe('hasReplicas', () => {
  it('knows what has a number of replicas', () => {
    const objects = [{ spec: { replicas: 0 } }, { spec: {} }, {}, { spec: { replicas: null } }];
    assert.deepEqual(objects.map(hasReplicas), [true, false, false, false]);
  });
});

describe('declaresNoReplicas', () => {
  it('believes the copy of a client-side apply, and nothing else', () => {
    const withCopy = (copy: string) => ({
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': copy } },
    });
    const objects = ['{"spec":{}}', '{"spec":{"replicas":2}}', '{}', '[]', 'no json'].map(withCopy);
    assert.deepEqual([...objects, {}].map(declaresNoReplicas), [
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
