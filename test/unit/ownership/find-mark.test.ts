import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { createMarkFinder, findApplier, isChild } from '../../../src/ownership/find-mark.ts';
import type { ArgocdMarkOptions, MarkedIdentity } from '../../../src/ownership/find-mark.ts';

const argocd: ArgocdMarkOptions = { namespace: 'argocd', trackingMethod: 'annotation' };
const flux = { enabled: true };
const identity: MarkedIdentity = {
  group: 'apps',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'checkout',
};
const controller = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name: 'checkout',
  uid: '1',
  controller: true,
};

function tracked(trackingId: string): KubernetesObject {
  return { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': trackingId } } };
}

const byAnnotation = createMarkFinder({ argocd, flux });

test('createMarkFinder() finds the tracking id that names the object', () => {
  assert.deepEqual(byAnnotation(tracked('checkout:apps/Deployment:shop/checkout'), identity), {
    tool: 'argocd',
    app: 'checkout',
    appNamespace: 'argocd',
    mark: 'annotation argocd.argoproj.io/tracking-id',
    self: true,
  });
});

const COPIES: readonly (readonly [string, MarkedIdentity])[] = [
  ['another kind', { ...identity, kind: 'ReplicaSet' }],
  ['another group', { ...identity, group: 'extensions' }],
  ['another name', { ...identity, name: 'checkout-1' }],
  ['another namespace', { ...identity, namespace: 'staging' }],
];

for (const [why, copy] of COPIES) {
  test(`createMarkFinder() says that a tracking id of ${why} is a copy`, () => {
    const mark = byAnnotation(tracked('checkout:apps/Deployment:shop/checkout'), copy);

    assert.equal(mark?.self, false);
  });
}

const hook = (generateName: unknown): KubernetesObject => {
  const annotations = { 'argocd.argoproj.io/tracking-id': 'checkout:batch/Job:shop/' };
  return { metadata: { generateName: generateName as string, annotations } };
};
const long = 'm'.repeat(60);
const GENERATED: readonly (readonly [string, unknown, string, boolean | undefined])[] = [
  ['has no name yet', 'migrate-', '', true],
  ['Argo CD has named', 'migrate-', 'migrate-1a2b3c4-presync-1767225600', true],
  ['the API server has named', long, `${'m'.repeat(58)}x7k2p`, true],
  ['is named otherwise', 'migrate-', 'other', false],
  ['has no generateName', undefined, 'migrate-1', undefined],
  ['has an empty generateName', '', 'migrate-1', undefined],
  ['has a generateName that is no text', 7, 'migrate-1', undefined],
];

for (const [what, generateName, name, self] of GENERATED) {
  test(`createMarkFinder() says ${String(self)} of a tracking id without a name on what ${what}`, () => {
    const job = { group: 'batch', kind: 'Job', namespace: 'shop', name };

    assert.equal(byAnnotation(hook(generateName), job)?.self, self);
  });
}

test('createMarkFinder() takes any namespace for a cluster-scoped object', () => {
  const role = { group: 'rbac', kind: 'ClusterRole', namespace: '', name: 'admin' };

  assert.equal(byAnnotation(tracked('checkout:rbac/ClusterRole:shop/admin'), role)?.self, true);
});

test('createMarkFinder() takes any kind where the kind is not known', () => {
  const unknown = { ...identity, kind: '' };

  assert.equal(
    byAnnotation(tracked('checkout:apps/Deployment:shop/checkout'), unknown)?.self,
    true,
  );
});

test('createMarkFinder() names the namespace of an application that is elsewhere', () => {
  const mark = byAnnotation(tracked('team-a_checkout:apps/Deployment:shop/checkout'), identity);

  assert.deepEqual([mark?.app, mark?.appNamespace], ['checkout', 'team-a']);
});

// Decoding refuses these; the finder must not rely on it.
const MANGLED: readonly unknown[] = [
  {},
  { metadata: null },
  { metadata: {} },
  { metadata: { annotations: null, labels: null } },
  { metadata: { annotations: 'x', labels: 7 } },
  { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 7 } } },
  { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': '' } } },
  { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'checkout' } } },
  { metadata: { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } } },
];

for (const object of MANGLED) {
  test(`createMarkFinder() finds none on ${JSON.stringify(object)}`, () => {
    const finder = createMarkFinder({ argocd, flux });

    assert.equal(finder(structuredClone(object) as KubernetesObject, identity), undefined);
  });
}

test('createMarkFinder() asks for no installation beside a label: Argo CD writes none there', () => {
  const byLabel = createMarkFinder({
    argocd: { ...argocd, trackingMethod: 'label', installationId: 'a' },
  });
  const labelled = { metadata: { labels: { 'app.kubernetes.io/instance': 'checkout' } } };

  assert.equal(byLabel(labelled, identity)?.self, true);
});

test('createMarkFinder() takes the application from the annotation where the label is cut', () => {
  const app = 'a'.repeat(70);
  const both = createMarkFinder({ argocd: { ...argocd, trackingMethod: 'annotation+label' } });
  const object = tracked(`${app}:apps/Deployment:shop/checkout`);
  const labels = { 'app.kubernetes.io/instance': app.slice(0, 63) };

  assert.equal(both({ metadata: { ...object.metadata, labels } }, identity)?.app, app);
  assert.equal(both({ metadata: { labels } }, identity), undefined);
});

test('createMarkFinder() leaves marks of another installation alone', () => {
  const ours = createMarkFinder({ argocd: { ...argocd, installationId: 'a' } });
  const object = tracked('checkout:apps/Deployment:shop/checkout');
  const named = {
    metadata: {
      annotations: {
        ...object.metadata?.annotations,
        'argocd.argoproj.io/installation-id': 'a',
      },
    },
  };

  assert.equal(ours(object, identity), undefined);
  assert.equal(ours(named, identity)?.self, true);
});

const labelled = (owners: readonly (typeof controller)[] = []): KubernetesObject => ({
  metadata: { labels: { 'app.kubernetes.io/instance': 'checkout' }, ownerReferences: owners },
});

test('createMarkFinder() reads the instance label where labels track, not on a child', () => {
  const byLabel = createMarkFinder({ argocd: { ...argocd, trackingMethod: 'label' } });

  assert.deepEqual(byLabel(labelled(), identity), {
    tool: 'argocd',
    app: 'checkout',
    appNamespace: 'argocd',
    mark: 'label app.kubernetes.io/instance',
    self: true,
  });
  assert.equal(byLabel(labelled([controller]), identity)?.self, false);
  assert.equal(byLabel({ metadata: {} }, identity), undefined);
});

test('createMarkFinder() ignores the instance label where annotations track', () => {
  for (const trackingMethod of ['annotation', 'annotation+label'] as const) {
    const finder = createMarkFinder({ argocd: { ...argocd, trackingMethod } });
    assert.equal(finder(labelled(), identity), undefined);
  }
});

test('createMarkFinder() reads a configured label key, and own keys only', () => {
  const finder = createMarkFinder({
    argocd: { ...argocd, trackingMethod: 'label', instanceLabelKey: 'constructor' },
  });

  assert.equal(finder({ metadata: { labels: {} } }, identity), undefined);
  assert.equal(finder({ metadata: { labels: { constructor: 'a_b' } } }, identity)?.app, 'b');
});

function fluxObject(group: string, owners: readonly (typeof controller)[] = []): KubernetesObject {
  const labels = { [`${group}/name`]: 'apps', [`${group}/namespace`]: 'flux-system' };
  return { metadata: { labels, ownerReferences: owners } };
}

test('createMarkFinder() reads the labels of both Flux controllers', () => {
  for (const group of ['kustomize.toolkit.fluxcd.io', 'helm.toolkit.fluxcd.io']) {
    assert.deepEqual(byAnnotation(fluxObject(group), identity), {
      tool: 'flux',
      app: 'apps',
      appNamespace: 'flux-system',
      mark: `label ${group}/name`,
      self: true,
    });
  }
  assert.equal(
    byAnnotation(fluxObject('helm.toolkit.fluxcd.io', [controller]), identity)?.self,
    false,
  );
});

test('createMarkFinder() ignores Flux where it is not enabled', () => {
  const object = fluxObject('helm.toolkit.fluxcd.io');

  assert.equal(createMarkFinder({ flux: { enabled: false } })(object, identity), undefined);
  assert.equal(createMarkFinder({})(object, identity), undefined);
});

test('createMarkFinder() prefers a mark that names the object to a copied one', () => {
  const object = fluxObject('kustomize.toolkit.fluxcd.io');
  const copied = tracked('other:apps/Deployment:shop/other').metadata?.annotations;
  const both = { metadata: { ...object.metadata, annotations: copied } };

  assert.equal(byAnnotation(both, identity)?.tool, 'flux');
});

const entry = (manager: unknown, operation: string) => ({ manager, operation });

function applied(...entries: readonly unknown[]): KubernetesObject {
  return structuredClone({ metadata: { managedFields: entries } }) as KubernetesObject;
}

test('findApplier() tells by managedFields which controller applied the stored object', () => {
  const all = { argocd, flux };
  assert.deepEqual(findApplier(applied(entry('argocd-controller', 'Update')), all), {
    tool: 'argocd',
    mark: 'managedFields of argocd-controller',
  });
  assert.deepEqual(findApplier(applied(entry('kustomize-controller', 'Apply')), all), {
    tool: 'flux',
    mark: 'managedFields of kustomize-controller',
  });
});

const NOT_APPLIED: readonly (readonly [string, readonly unknown[]])[] = [
  ['nothing', []],
  ['others', [entry('kubectl-edit', 'Update')]],
  // Flux adds finalizers to objects that it does not apply, by Update.
  ['an update of a Flux controller', [entry('kustomize-controller', 'Update')]],
  ['no entries at all', [null, 7, { manager: 7 }]],
];

for (const [why, entries] of NOT_APPLIED) {
  test(`findApplier() finds nobody by ${why}`, () => {
    assert.equal(findApplier(applied(...entries), { argocd, flux }), undefined);
  });
}

test('findApplier() asks only for configured tools, and not of children', () => {
  const object = applied(entry('argocd-controller', 'Apply'), entry('helm-controller', 'Apply'));
  const child = { metadata: { ...object.metadata, ownerReferences: [controller] } };

  assert.equal(findApplier(object, {}), undefined);
  assert.equal(findApplier(object, { flux: { enabled: false } }), undefined);
  assert.equal(findApplier(object, { flux })?.tool, 'flux');
  assert.equal(findApplier(child, { argocd, flux }), undefined);
  assert.equal(findApplier({}, { argocd }), undefined);
});

test('isChild() asks for an owner that controls', () => {
  assert.equal(isChild({ metadata: { ownerReferences: [controller] } }), true);
  assert.equal(
    isChild({ metadata: { ownerReferences: [{ ...controller, controller: null }] } }),
    false,
  );
  assert.equal(isChild({}), false);
});
