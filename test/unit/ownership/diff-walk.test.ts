import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { ChangeFact } from '../../../src/ownership/change.ts';
import { createChangeDiffer } from '../../../src/ownership/diff-change.ts';
import type { ChangeDifferOptions } from '../../../src/ownership/diff-change.ts';

function request(from: unknown, to: unknown, kind = 'Deployment'): AdmissionRequest {
  return {
    uid: '1',
    kind: { group: kind === 'Secret' ? '' : 'apps', version: 'v1', kind },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    operation: 'UPDATE',
    userInfo: { username: 'alice' },
    oldObject: from as KubernetesObject,
    object: to as KubernetesObject,
  };
}

function diff(from: unknown, to: unknown, options: ChangeDifferOptions = {}): ChangeFact {
  return createChangeDiffer(options)(request(from, to));
}

/** A workload as Argo CD applied it, with a container and a field that are somebody else's. */
function workload(changes: { readonly replicas?: number; readonly images?: readonly string[] }) {
  const { replicas = 1, images = ['a:1', 'p:1'] } = changes;
  const names = ['app', 'proxy'];
  const container = (name: string) => ({ [`k:{"name":"${name}"}`]: { '.': {}, 'f:image': {} } });
  const containers = (name: string) => ({
    'f:template': { 'f:spec': { 'f:containers': container(name) } },
  });
  return {
    apiVersion: 'apps/v1',
    metadata: {
      managedFields: [
        {
          manager: 'argocd-controller',
          operation: 'Apply',
          apiVersion: 'apps/v1',
          fieldsV1: { 'f:spec': containers('app') },
        },
        {
          manager: 'injector',
          operation: 'Update',
          apiVersion: 'apps/v1',
          fieldsV1: { 'f:spec': { ...containers('proxy'), 'f:replicas': {} } },
        },
      ],
    },
    spec: {
      replicas,
      template: {
        spec: { containers: images.map((image, index) => ({ name: names[index], image })) },
      },
    },
  };
}

test('DiffWalk says of each path who owns it, and whether Git declared it', () => {
  const { paths } = diff(workload({}), workload({ replicas: 2, images: ['a:2', 'p:2', 'x:1'] }));

  assert.deepEqual(
    paths.map(({ path, owner, gitOwned }) => [path, owner, gitOwned]),
    [
      ['spec.replicas', 'injector', false],
      ['spec.template.spec.containers[0].image', 'argocd-controller', true],
      ['spec.template.spec.containers[1].image', 'injector', false],
      ['spec.template.spec.containers[2]', undefined, false],
    ],
  );
});

test("DiffWalk takes every field for Git's beyond the limit", () => {
  const { paths, protectedKeys } = diff(workload({}), workload({ replicas: 2 }), {
    fieldNodesMax: 2,
  });

  assert.deepEqual(
    paths.map(({ path, gitOwned }) => [path, gitOwned]),
    [['spec.replicas', true]],
  );
  assert.deepEqual(protectedKeys, ['metadata.managedFields[argocd-controller]']);
});

test('DiffWalk lists a GitOps manager whose fields were taken while their values stayed', () => {
  const after = structuredClone(workload({}));
  const [entry] = after.metadata.managedFields;
  assert.ok(entry);
  Object.assign(entry, { fieldsV1: { 'f:spec': { 'f:replicas': {} } } });

  assert.deepEqual(diff(workload({}), after), {
    semantic: true,
    paths: [],
    protectedKeys: ['metadata.managedFields[argocd-controller]'],
    truncated: false,
  });
});

test("DiffWalk takes another order of a list with Git's items for a change of Git's", () => {
  const to = workload({});
  to.spec.template.spec.containers.reverse();

  assert.deepEqual(
    diff(workload({}), to).paths.map(({ path, gitOwned }) => [path, gitOwned]),
    [['spec.template.spec.containers', true]],
  );
});

const pod = (argument: string) => ({
  spec: { template: { spec: { containers: [{ name: 'app', args: [argument] }] } } },
});

test('DiffWalk gives paths as segments too', () => {
  const change = diff(pod('a'), pod('b'));

  assert.deepEqual(change.paths, [
    {
      path: 'spec.template.spec.containers[app].args[0]',
      segments: ['spec', 'template', 'spec', 'containers', 'app', 'args', 0],
      kind: 'changed',
      from: 'a',
      to: 'b',
      gitOwned: true,
    },
  ]);
});
