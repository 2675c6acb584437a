import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessResource, isClusterScoped } from '../../../../src/compose/evaluate/resource-names.ts';

for (const [kind, resource] of [
  ['Deployment', 'deployments'],
  ['Ingress', 'ingresses'],
  ['NetworkPolicy', 'networkpolicies'],
  ['Gateway', 'gateways'],
  ['Endpoints', 'endpoints'],
  ['StorageClass', 'storageclasses'],
  ['Patch', 'patches'],
  ['Mesh', 'meshes'],
  ['Box', 'boxes'],
] as const) {
  test(`objects of kind ${kind} are ${resource}`, () => {
    assert.equal(guessResource(kind), resource);
  });
}

test('cluster-scoped kinds are known, all others live in namespaces', () => {
  assert.equal(isClusterScoped('ClusterRole'), true);
  assert.equal(isClusterScoped('Namespace'), true);
  assert.equal(isClusterScoped('Deployment'), false);
});
