import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import type { ActorFact } from '../../../src/identity/actor.ts';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { ObjectReference } from '../../../src/kubernetes/object-reference.ts';
import { createObjectDescriber } from '../../../src/ownership/describe-object.ts';
import type {
  ClaimLookup,
  ManagedLookup,
  ObjectLookup,
} from '../../../src/kubernetes/lookup/lookup.ts';
import { pluralOf } from '../../../src/kubernetes/client/format-api-path.ts';

const DEADLINE = monotonicMs(0);
const human: ActorFact = {
  class: 'other',
  username: 'alice',
  groups: [],
  proof: { grade: 'none', sufficient: true, reason: 'it is no service account' },
};
const controllerOwner = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'checkout-1',
  uid: '1',
  controller: true,
};

const MANAGED = {
  managed: true,
  wasManaged: true,
  tool: 'argocd',
  app: 'checkout',
  mark: 'annotation argocd.argoproj.io/tracking-id',
  self: true,
  scope: 'managed',
  appNamespace: 'argocd',
} as const;
const UNMANAGED = { managed: false, wasManaged: false, self: false, scope: 'none' } as const;
const GITOPS_ONLY = {
  managed: true,
  wasManaged: true,
  tool: 'scope',
  self: false,
  scope: 'gitops-only',
} as const;
const UNAVAILABLE = {
  status: 'unavailable',
  code: 'lookup_failed',
  reason: 'the API server is away',
} as const;

const plain: KubernetesObject = { kind: 'Deployment', metadata: { name: 'checkout' } };
const marked: KubernetesObject = {
  kind: 'Deployment',
  metadata: {
    name: 'checkout',
    annotations: { 'argocd.argoproj.io/tracking-id': 'checkout:apps/Deployment:shop/checkout' },
  },
};
const lost: KubernetesObject = {
  kind: 'Deployment',
  metadata: { managedFields: [{ manager: 'argocd-controller', operation: 'Update' }] },
};
const LOST = {
  managed: true,
  wasManaged: true,
  tool: 'argocd',
  app: 'checkout',
  appNamespace: 'argocd',
  mark: 'inventory of Application',
  self: false,
  confirmed: true,
  scope: 'managed',
} as const;
const claim = {
  tool: 'argocd',
  kind: 'Application',
  namespace: 'argocd',
  app: 'checkout',
} as const;
const LISTED: Cluster = { claims: { status: 'found', claims: [claim] } };

interface Cluster {
  readonly parent?: ObjectLookup;
  readonly inNamespace?: ManagedLookup;
  readonly asked?: unknown[];
  readonly claims?: ClaimLookup;
}

function describer({ parent, inNamespace, claims, asked = [] }: Cluster = {}) {
  return createObjectDescriber({
    marks: { argocd: { namespace: 'argocd', trackingMethod: 'annotation' } },
    selectors: [{ name: 'legacy', namespaces: ['old-*'] }],
    pluralOf,
    gitopsOnlyNamespaces: ['declared'],
    exemptNamespaces: ['free'],
    lookups: {
      lookupObject: () => assert.fail('metadata is enough'),
      lookupMetadata: (reference, deadlineAtMs) => {
        asked.push([reference, deadlineAtMs]);
        return Promise.resolve(parent ?? { status: 'absent' });
      },
      lookupFresh: () => assert.fail('nothing fresh is asked for'),
      findManagedInNamespace: (namespace, deadlineAtMs) => {
        asked.push([namespace, deadlineAtMs]);
        return Promise.resolve(inNamespace ?? { status: 'found', objects: [] });
      },
      findClaimed: () => Promise.resolve({ status: 'found', objects: [] }),
      leftBehind: () => undefined,
      findScalers: () => assert.fail('no autoscaler is asked for'),
      findClaims: (reference) => {
        asked.push(reference);
        return Promise.resolve(claims ?? { status: 'found', claims: [] });
      },
      findSelecting: () => assert.fail('no selector is asked for'),
    },
  });
}

function request(more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    uid: '1',
    kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    name: 'checkout',
    namespace: 'shop',
    operation: 'UPDATE',
    userInfo: { username: 'alice' },
    object: plain,
    oldObject: plain,
    ...more,
  };
}

const known = (value: unknown) => ({ status: 'known', value });

test('an object is managed by its old state or by its new one', () => {
  const describe = describer();

  assert.deepEqual(describe(request({ oldObject: marked }), human, DEADLINE), known(MANAGED));
  assert.deepEqual(
    describe(request({ object: marked }), human, DEADLINE),
    known({ ...MANAGED, wasManaged: false }),
  );
  assert.deepEqual(describe(request(), human, DEADLINE), known(UNMANAGED));
});

test('an object that is put under a mark is managed by it', () => {
  assert.deepEqual(
    describer()(request({ object: marked, oldObject: lost }), human, DEADLINE),
    known({ ...MANAGED, wasManaged: false }),
  );
});

test('an object that a GitOps controller applied stays managed without its mark, where an inventory lists it', async () => {
  const dropped = request({ oldObject: lost });

  assert.deepEqual(await describer(LISTED)(dropped, human, DEADLINE), known(LOST));
  assert.deepEqual(await describer()(dropped, human, DEADLINE), known(UNMANAGED));
});

test('a namespace that Argo CD made on the side is in no repository', () => {
  const made = { ...deletion, operation: 'UPDATE', object: plain, oldObject: lost } as const;

  assert.deepEqual(describer()(made, human, DEADLINE), known(UNMANAGED));
});

test('a field manager that the request itself brings does not count', () => {
  assert.deepEqual(describer()(request({ object: lost }), human, DEADLINE), known(UNMANAGED));
});

test('a copied mark is told, and does not count', () => {
  const replicaSet = request({ kind: { group: 'apps', version: 'v1', kind: 'ReplicaSet' } });
  const fact = { ...UNMANAGED, mark: 'annotation argocd.argoproj.io/tracking-id' };

  assert.deepEqual(describer()({ ...replicaSet, object: marked }, human, DEADLINE), known(fact));
});

test('the item of a DELETECOLLECTION has the name of its stored object', () => {
  const item = request({ operation: 'DELETE', name: '', object: null, oldObject: marked });

  assert.deepEqual(describer()(item, human, DEADLINE), known(MANAGED));
});

test('an object that has no name yet is known by the one in its metadata', () => {
  const created = request({ operation: 'CREATE', name: '', object: marked, oldObject: null });

  assert.deepEqual(describer()(created, human, DEADLINE), known({ ...MANAGED, wasManaged: false }));
});

test('a request without any object is of no managed object', () => {
  const empty = request({ name: undefined, object: null, oldObject: null });

  assert.deepEqual(describer()(empty, human, DEADLINE), known(UNMANAGED));
});

test('an exempt request is not looked at', () => {
  assert.deepEqual(
    describer()(request({ namespace: 'free', oldObject: marked }), human, DEADLINE),
    known({ ...UNMANAGED, scope: 'exempt' }),
  );
});

test('everything in a GitOps-only namespace is managed, but for what controllers made', () => {
  const describe = describer();
  const here = (more: Partial<AdmissionRequest>) => request({ namespace: 'declared', ...more });
  const child: KubernetesObject = { metadata: { ownerReferences: [controllerOwner] } };
  const created = here({ operation: 'CREATE', oldObject: null, object: child });

  assert.deepEqual(describe(here({}), human, DEADLINE), known(GITOPS_ONLY));
  assert.deepEqual(describe(here({ oldObject: child }), human, DEADLINE), known(UNMANAGED));
  // Anyone can write an owner reference on what he creates.
  assert.deepEqual(
    describe(created, human, DEADLINE),
    known({ ...GITOPS_ONLY, wasManaged: false }),
  );
  assert.deepEqual(describe(created, { ...human, class: 'platform' }, DEADLINE), known(UNMANAGED));
  assert.deepEqual(describe(created, { ...human, class: 'operator' }, DEADLINE), known(UNMANAGED));
  assert.deepEqual(
    describe({ ...created, object: null }, { ...human, class: 'platform' }, DEADLINE),
    known({ ...GITOPS_ONLY, wasManaged: false }),
  );
});

const scale = request({
  subResource: 'scale',
  kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
});
const parent = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: 'Deployment',
  name: 'checkout',
  namespace: 'shop',
};

test('a subresource without metadata is described by the object it belongs to', async () => {
  const asked: [ObjectReference, number][] = [];
  const describe = describer({ parent: { status: 'found', object: marked }, asked });

  assert.deepEqual(await describe(scale, human, monotonicMs(77)), known({ ...MANAGED, parent }));
  assert.deepEqual(asked, [[{ ...parent, kind: '' }, 77]]);
});

const PARENTS: readonly (readonly [string, KubernetesObject, string, unknown])[] = [
  ['unmanaged', plain, 'shop', { ...UNMANAGED, parent }],
  ['applied and unmarked', lost, 'shop', { ...LOST, parent }],
  [
    'in a GitOps-only namespace',
    plain,
    'declared',
    { ...GITOPS_ONLY, parent: { ...parent, namespace: 'declared' } },
  ],
  [
    'made by a controller in a GitOps-only namespace',
    { kind: 'Deployment', metadata: { ownerReferences: [controllerOwner] } },
    'declared',
    { ...UNMANAGED, parent: { ...parent, namespace: 'declared' } },
  ],
  [
    'of a kind that the lookup does not tell',
    { metadata: marked.metadata },
    'shop',
    { ...MANAGED, parent: { ...parent, kind: '' } },
  ],
];

for (const [why, object, namespace, fact] of PARENTS) {
  test(`a subresource is described by a parent that is ${why}`, async () => {
    const describe = describer({ ...LISTED, parent: { status: 'found', object } });

    assert.deepEqual(await describe({ ...scale, namespace }, human, DEADLINE), known(fact));
  });
}

test('a subresource of a cluster-scoped object has a parent without namespace', async () => {
  const { namespace: _, ...clusterScoped } = parent;
  const describe = describer({ parent: { status: 'found', object: plain } });

  assert.deepEqual(
    await describe({ ...scale, namespace: undefined }, human, DEADLINE),
    known({ ...UNMANAGED, parent: clusterScoped }),
  );
});

test('an eviction of a pod that is not there touches nothing managed', async () => {
  const eviction = request({ operation: 'CREATE', subResource: 'eviction' });

  assert.deepEqual(
    await describer()(eviction, human, DEADLINE),
    known({ ...UNMANAGED, parent: { ...parent, kind: '' } }),
  );
});

test('an update of an object that our view lacks is unknown, not unmanaged', async () => {
  assert.deepEqual(await describer()(scale, human, DEADLINE), {
    status: 'unavailable',
    code: 'fact_unavailable',
    reason:
      'the deployments "shop/checkout" that the request changes is not in our view of the cluster yet',
  });
  assert.match(
    JSON.stringify(await describer()({ ...scale, namespace: undefined }, human, DEADLINE)),
    /deployments \\"checkout\\"/,
  );
});

test('a lookup that fails is unavailable', async () => {
  assert.deepEqual(await describer({ parent: UNAVAILABLE })(scale, human, DEADLINE), UNAVAILABLE);
});

test('the status of an object carries its metadata, so nothing is looked up', () => {
  const describe = describer();

  for (const subResource of ['status', 'ephemeralcontainers', 'resize']) {
    assert.deepEqual(
      describe(request({ subResource, oldObject: marked }), human, DEADLINE),
      known(MANAGED),
    );
  }
});

const deletion = request({
  operation: 'DELETE',
  kind: { group: '', version: 'v1', kind: 'Namespace' },
  resource: { group: '', version: 'v1', resource: 'namespaces' },
  name: 'shop',
  namespace: 'shop',
  object: null,
});
const configMap = {
  ...parent,
  group: '',
  resource: 'configmaps',
  kind: 'ConfigMap',
  app: 'checkout',
};

test('the deletion of a namespace is told with what it destroys, cut', async () => {
  const asked: unknown[] = [];
  const objects = Array.from({ length: 11 }, () => configMap);
  const describe = describer({ inNamespace: { status: 'found', objects }, asked });

  assert.deepEqual(
    await describe(deletion, human, monotonicMs(5)),
    known({ ...UNMANAGED, destroys: objects.slice(0, 10) }),
  );
  assert.deepEqual(asked, [['shop', 5]]);
});

test('the deletion of a namespace waits for nobody where it need not', async () => {
  const describe = describer({ inNamespace: UNAVAILABLE });
  const writer: ActorFact = { ...human, class: 'gitops' };
  const unproven: ActorFact = { ...writer, proof: { ...human.proof, sufficient: false } };

  assert.deepEqual(describe(deletion, writer, DEADLINE), known(UNMANAGED));
  assert.deepEqual(
    await describe({ ...deletion, name: 'free' }, human, DEADLINE),
    known(UNMANAGED),
  );
  assert.deepEqual(
    describe({ ...deletion, operation: 'UPDATE' }, human, DEADLINE),
    known(UNMANAGED),
  );
  assert.deepEqual(
    describe({ ...deletion, subResource: 'finalize' }, human, DEADLINE),
    known(UNMANAGED),
  );
  assert.deepEqual(await describe(deletion, unproven, DEADLINE), UNAVAILABLE);
  assert.deepEqual(await describe(deletion, human, DEADLINE), UNAVAILABLE);
});
