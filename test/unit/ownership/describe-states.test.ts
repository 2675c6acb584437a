import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActorFact } from '../../../src/identity/actor.ts';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { KubernetesObject, ObjectMeta } from '../../../src/kubernetes/object.ts';
import { createStateDescriber } from '../../../src/ownership/describe-states.ts';

const states = createStateDescriber({
  marks: {
    argocd: { namespace: 'argocd', trackingMethod: 'annotation' },
    flux: { enabled: true },
    helm: { enabled: true },
  },
  selectors: [{ name: 'legacy', namespaces: ['old-*'], labels: { declared: 'yes' } }],
  gitopsOnlyNamespaces: ['declared'],
});

const UNMANAGED = { managed: false, wasManaged: false, self: false, scope: 'none' };
const controller = { apiVersion: 'apps/v1', kind: 'X', name: 'x', uid: '1', controller: true };
const identity = { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'a' };

function object(metadata: ObjectMeta): KubernetesObject {
  return { kind: 'ConfigMap', metadata: { name: 'a', ...metadata } };
}

function describe(metadata: ObjectMeta, namespace = 'shop') {
  return states.describeStored(object(metadata), { ...identity, namespace });
}

const entry = (manager: string) => [{ manager, operation: 'Apply' }];
const flux = {
  'kustomize.toolkit.fluxcd.io/name': 'apps',
  'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
};

test("a label of Flux is confirmed by its controller's managedFields", () => {
  const fact = {
    managed: true,
    wasManaged: true,
    tool: 'flux',
    app: 'apps',
    appNamespace: 'flux-system',
    mark: 'label kustomize.toolkit.fluxcd.io/name',
    self: true,
    scope: 'managed',
  };

  assert.deepEqual(describe({ labels: flux, managedFields: entry('kustomize-controller') }), {
    ...fact,
    confirmed: true,
  });
  // Copied, or its fields were taken away: managed all the same.
  assert.deepEqual(describe({ labels: flux, managedFields: entry('kubectl') }), {
    ...fact,
    confirmed: false,
  });
  assert.deepEqual(describe({ labels: flux }), { ...fact, confirmed: false });
});

const helm: ObjectMeta = {
  labels: { 'app.kubernetes.io/managed-by': 'Helm' },
  annotations: {
    'meta.helm.sh/release-name': 'shop',
    'meta.helm.sh/release-namespace': 'default',
  },
};

test('a Helm release is known by the annotations that an installation writes', () => {
  assert.deepEqual(describe({ ...helm, managedFields: entry('helm') }), {
    managed: true,
    wasManaged: true,
    tool: 'helm',
    app: 'shop',
    appNamespace: 'default',
    mark: 'annotation meta.helm.sh/release-name',
    self: true,
    confirmed: true,
    scope: 'managed',
  });
  // A chart that Argo CD renders has the label too.
  assert.deepEqual(describe({ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }), UNMANAGED);
  assert.equal(describe({ ...helm, ownerReferences: [controller] }).managed, false);
});

test('a GitOps controller that installs a chart manages it', () => {
  assert.equal(describe({ ...helm, labels: { ...helm.labels, ...flux } }).tool, 'flux');
});

const SELECTED = {
  managed: true,
  wasManaged: true,
  tool: 'selector',
  app: 'legacy',
  mark: 'selector legacy',
  self: true,
  scope: 'managed',
};

test('a selected object is managed, and nothing that a controller made', () => {
  const labels = { declared: 'yes' };

  assert.deepEqual(describe({ labels }, 'old-shop'), SELECTED);
  assert.deepEqual(describe({ labels }, 'shop'), UNMANAGED);
  assert.deepEqual(describe({ labels, ownerReferences: [controller] }, 'old-shop'), UNMANAGED);
});

const alice: ActorFact = {
  class: 'other',
  username: 'alice',
  groups: [],
  proof: { grade: 'none', sufficient: true, reason: 'it is no service account' },
};

function request(more: Partial<AdmissionRequest>): AdmissionRequest {
  return {
    uid: '1',
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    name: 'a',
    namespace: 'old-shop',
    operation: 'UPDATE',
    userInfo: { username: 'alice' },
    ...more,
  };
}

test('a selector counts on the old object and on the new one', () => {
  const selected = object({ labels: { declared: 'yes' } });
  const plain = object({});
  const describeRequested = (more: Partial<AdmissionRequest>, actor = alice) =>
    states.describeRequested(request(more), actor);

  assert.deepEqual(describeRequested({ oldObject: selected, object: plain }), SELECTED);
  assert.deepEqual(describeRequested({ oldObject: plain, object: selected }), {
    ...SELECTED,
    wasManaged: false,
  });
  assert.deepEqual(describeRequested({ oldObject: plain, object: plain }), UNMANAGED);
  const forged = object({ labels: { declared: 'yes' }, ownerReferences: [controller] });
  const creation = { operation: 'CREATE', object: forged } as const;
  assert.deepEqual(describeRequested(creation), { ...SELECTED, wasManaged: false });
  assert.deepEqual(describeRequested(creation, { ...alice, class: 'platform' }), UNMANAGED);
});

test('a new object has nothing yet that could confirm its mark', () => {
  const created = object({ labels: flux, managedFields: entry('kustomize-controller') });
  const fact = states.describeRequested(request({ operation: 'CREATE', object: created }), alice);

  assert.deepEqual([fact.managed, fact.wasManaged, fact.confirmed], [true, false, undefined]);
});

test('an update that sets the mark of another application says which', () => {
  const of = (app: string) =>
    object({ annotations: { 'argocd.argoproj.io/tracking-id': `${app}:/ConfigMap:old-shop/a` } });
  const moves = (from: KubernetesObject, to: KubernetesObject) =>
    states.describeRequested(request({ oldObject: from, object: to }), alice).movesTo;

  assert.deepEqual(moves(of('shop'), of('bank')), {
    tool: 'argocd',
    app: 'bank',
    appNamespace: 'argocd',
    mark: 'annotation argocd.argoproj.io/tracking-id',
  });
  assert.equal(moves(of('shop'), of('shop')), undefined);
  assert.equal(moves(of('shop'), object({})), undefined);
  assert.equal(moves(object({}), of('shop')), undefined);
});
