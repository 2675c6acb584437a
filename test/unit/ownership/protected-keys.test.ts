import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { findLostManagers, isProtectedKey } from '../../../src/ownership/protected-keys.ts';

const PROTECTED = [
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/sync-options',
  'argocd.argoproj.io/compare-options',
  'argocd.argoproj.io/hook',
  'kustomize.toolkit.fluxcd.io/name',
  'kustomize.toolkit.fluxcd.io/reconcile',
  'helm.toolkit.fluxcd.io/driftDetection',
  'kubectl.kubernetes.io/last-applied-configuration',
  'holdfast.dev/allow-volume-deletion',
  'team/instance',
];

const FREE = [
  'app',
  'argocd.argoproj.io/refresh',
  'reconcile.fluxcd.io/requestedAt',
  'toolkit.fluxcd.io/name',
  '.toolkit.fluxcd.io',
  'kustomize.toolkit.fluxcd.io',
  'kustomize.toolkit.fluxcd.io-',
  'evil.example.com/kustomize.toolkit.fluxcd.io',
  'app.kubernetes.io/instance',
];

test('isProtectedKey() protects what steers the GitOps controllers, and the configured label', () => {
  assert.deepEqual(
    [...PROTECTED, ...FREE].filter((key) => isProtectedKey(key, 'team/instance')),
    PROTECTED,
  );
});

type Entry = readonly [manager: string, operation: string, subresource?: string];

function written(...entries: readonly Entry[]): KubernetesObject {
  const managedFields = entries.map(([manager, operation, subresource]) => ({
    manager,
    operation,
    subresource,
  }));
  return { metadata: { managedFields } };
}

const managers = new Set(['argocd-controller']);
const gitops: Entry = ['argocd-controller', 'Update'];

test('findLostManagers() names a GitOps manager whose entry is gone, once', () => {
  const from = written(gitops, ['argocd-controller', 'Apply'], ['kubectl', 'Update']);

  assert.deepEqual(findLostManagers(from, written(['kubectl', 'Update']), managers), [
    'argocd-controller',
  ]);
  assert.deepEqual(findLostManagers(from, {}, managers), ['argocd-controller']);
  assert.deepEqual(findLostManagers(from, written(gitops), managers), ['argocd-controller']);
});

test('findLostManagers() names none where every entry is kept', () => {
  const from = written(gitops, ['kubectl', 'Update']);

  assert.deepEqual(findLostManagers(from, written(gitops), managers), []);
  assert.deepEqual(findLostManagers({}, from, managers), []);
});

test('findLostManagers() tells the entry of a subresource from that of the object', () => {
  const from = written(gitops);

  assert.deepEqual(
    findLostManagers(from, written(['argocd-controller', 'Update', 'status']), managers),
    ['argocd-controller'],
  );
});

test('findLostManagers() forgives the API server for folding the eleventh Update entry away', () => {
  const others = Array.from({ length: 9 }, (_, index): Entry => [`m${index}`, 'Update']);
  const apply: Entry = ['argocd-controller', 'Apply'];

  assert.deepEqual(findLostManagers(written(gitops, ...others), written(...others), managers), []);
  assert.deepEqual(
    findLostManagers(written(gitops, apply, ...others), written(...others), managers),
    ['argocd-controller'],
  );
});

test('findLostManagers() reads no entry out of what is none', () => {
  const mangled = structuredClone({
    metadata: { managedFields: [null, 7, { manager: 7 }] },
  }) as unknown as KubernetesObject;
  const text = structuredClone({ metadata: { managedFields: 'x' } }) as unknown as KubernetesObject;

  assert.deepEqual(findLostManagers(mangled, {}, managers), []);
  assert.deepEqual(findLostManagers(text, {}, managers), []);
});
