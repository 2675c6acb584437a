import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { pluralOf } from '../../../src/kubernetes/client/format-api-path.ts';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import type { OwnershipLookups } from '../../../src/ownership/cluster-ports.ts';
import { completePlatformFact } from '../../../src/ownership/complete-platform-fact.ts';
import type { ObjectFact } from '../../../src/ownership/object-fact.ts';

const UNMANAGED: ObjectFact = { managed: false, wasManaged: false, self: false, scope: 'none' };
const MANAGED: ObjectFact = { ...UNMANAGED, managed: true, self: true, scope: 'managed' };
const OWNER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs' };
const CHILD = { metadata: { ownerReferences: [{ ...OWNER, controller: true }] } };
const GOING = { deletionTimestamp: '2026-11-21T06:00:00Z' };
const found = (object: KubernetesObject) => ({ status: 'found', object }) as const;

interface Asked {
  readonly name: string;
  readonly fact?: ObjectFact;
  readonly request: Partial<AdmissionRequest>;
  readonly kind?: string;
  /** The object that a subresource belongs to. */
  readonly stored?: KubernetesObject;
  readonly answer?: Awaited<ReturnType<OwnershipLookups['lookupObject']>>;
}

/** What is added to the fact, and how often the cluster was asked. */
async function added({
  name,
  fact = UNMANAGED,
  request,
  kind = '/configmaps',
  stored,
  answer,
}: Asked) {
  const [group = '', resource = ''] = kind.split('/');
  let lookups = 0;
  const lookup = () => {
    lookups += 1;
    return Promise.resolve(answer ?? ({ status: 'absent' } as const));
  };
  const none = () => assert.fail('it is not asked for');
  const completed = await completePlatformFact(
    {
      request: {
        uid: '1',
        kind: { group, version: 'v1', kind: '' },
        resource: { group, version: 'v1', resource },
        name: 'web',
        namespace: 'shop',
        operation: 'DELETE',
        userInfo: { username: name },
        ...request,
      },
      actor: {
        class: 'platform',
        name,
        username: name,
        groups: [],
        proof: { grade: 'unbound', sufficient: true, reason: '' },
      },
      fact,
      stored: stored ?? request.oldObject ?? undefined,
      deadlineAtMs: monotonicMs(7),
    },
    {
      installationNamespaces: ['argocd'],
      lookups: {
        lookupObject: lookup,
        lookupMetadata: lookup,
        lookupFresh: lookup,
        findManagedInNamespace: none,
        findClaimed: none,
        leftBehind: () => undefined,
        findScalers: none,
        findClaims: none,
        findSelecting: none,
      },
      pluralOf,
      describe: ({ metadata }) => (metadata?.labels?.['managed'] === 'yes' ? MANAGED : UNMANAGED),
    },
  );
  if (completed === undefined) return { lookups };
  const entries = Object.entries(completed.value).filter(([key]) => !Object.hasOwn(fact, key));
  return { lookups, ...Object.fromEntries(entries) };
}

describe('completePlatformFact', () => {
  it('asks nothing for the routine of a cluster', async () => {
    const routine: readonly Asked[] = [
      { name: 'generic-garbage-collector', request: { oldObject: CHILD } },
      { name: 'generic-garbage-collector', kind: '/pods', request: { oldObject: CHILD } },
      { name: 'namespace-controller', request: { oldObject: {} } },
      { name: 'namespace-controller', fact: MANAGED, request: { oldObject: { metadata: GOING } } },
      { name: 'kube-scheduler', fact: MANAGED, request: { oldObject: {} } },
      {
        name: 'replicaset-controller',
        kind: '/pods',
        request: { operation: 'CREATE', object: {} },
      },
      {
        name: 'deployment-controller',
        kind: 'apps/deployments',
        fact: MANAGED,
        request: { operation: 'UPDATE', subResource: 'status', oldObject: {}, object: {} },
      },
      {
        name: 'generic-garbage-collector',
        kind: 'apps/replicasets',
        request: {
          oldObject: {
            metadata: {
              ownerReferences: [
                { ...OWNER, apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', controller: true },
              ],
            },
          },
        },
      },
      { name: 'ttl-controller', request: { operation: 'UPDATE', oldObject: {}, object: {} } },
      { name: 'kube-scheduler', fact: MANAGED, request: { operation: 'UPDATE' } },
      { name: 'kube-scheduler', request: { operation: 'CONNECT' } },
    ];
    for (const asked of routine) {
      assert.deepEqual(await added(asked), { lookups: 0 }, JSON.stringify(asked));
    }
  });

  it('tells the garbage collector’s name the state of the owners', async () => {
    const asked = {
      name: 'generic-garbage-collector',
      fact: MANAGED,
      request: { oldObject: CHILD },
    };
    const { uid, kind, name } = OWNER;
    assert.deepEqual(await added(asked), {
      lookups: 2,
      owners: [{ uid, kind, name, state: 'gone' }],
    });
    assert.deepEqual(await added({ ...asked, answer: found({ metadata: { uid: 'rs' } }) }), {
      lookups: 1,
      owners: [{ uid, kind, name, state: 'present' }],
    });
  });

  it('asks about applications, claims and revisions too, which carry no mark', async () => {
    for (const kind of [
      'argoproj.io/applications',
      'kustomize.toolkit.fluxcd.io/kustomizations',
      '/persistentvolumeclaims',
      'apps/controllerrevisions',
    ]) {
      const asked = { name: 'generic-garbage-collector', kind, request: { oldObject: CHILD } };
      assert.ok('owners' in (await added(asked)), kind);
    }
  });

  it('asks everything about the shared name', async () => {
    const asked = { name: 'kube-controller-manager', fact: MANAGED, request: { oldObject: CHILD } };
    assert.deepEqual(Object.keys(await added(asked)), [
      'lookups',
      'namespaceTerminating',
      'owners',
    ]);
  });

  it('holds what a controller makes against its owner, and looks for the root only where it differs', async () => {
    const made = { kind: 'Pod', ...CHILD, spec: { containers: [{ name: 'app', image: 'a:1' }] } };
    const owner = (image: string) =>
      found({
        kind: 'ReplicaSet',
        metadata: { uid: 'rs', labels: { managed: 'yes' } },
        spec: { template: { spec: { containers: [{ name: 'app', image }] } } },
      });
    const asked: Asked = {
      name: 'replicaset-controller',
      kind: '/pods',
      request: { operation: 'CREATE', object: made },
    };
    const template = { isOwned: true, differences: [], additions: [] };
    assert.deepEqual(await added({ ...asked, answer: owner('a:1') }), {
      lookups: 1,
      template: { status: 'known', value: template },
    });
    const other = await added({ ...asked, answer: owner('a:2') });
    assert.deepEqual(Object.keys(other), ['lookups', 'template', 'root']);
    const stranger = await added({ ...asked, name: 'endpoint-controller', answer: owner('a:1') });
    assert.deepEqual(Object.keys(stranger), ['lookups', 'template', 'root']);
  });

  it('tells who changes a child what it was made for', async () => {
    const answer = found({ metadata: { uid: 'rs', labels: { managed: 'yes' } } });
    for (const kind of ['/pods', 'apps/replicasets']) {
      const request = { operation: 'UPDATE', oldObject: CHILD, object: CHILD } as const;
      assert.ok('root' in (await added({ name: 'x', kind, request, answer })), kind);
    }
  });

  it('tells who scales a child, or writes its status, what it was made for', async () => {
    const answer = found({ metadata: { uid: 'rs', labels: { managed: 'yes' } } });
    const asked = { name: 'x', kind: 'apps/replicasets', stored: CHILD, answer };
    for (const subResource of ['scale', 'status']) {
      const request = { operation: 'UPDATE', subResource } as const;
      assert.ok('root' in (await added({ ...asked, request })), subResource);
    }
    const binding = { operation: 'CREATE', subResource: 'binding' } as const;
    assert.ok('root' in (await added({ ...asked, kind: '/pods', request: binding })));
    const eviction = { operation: 'CREATE', subResource: 'eviction' } as const;
    assert.deepEqual(await added({ ...asked, kind: '/pods', request: eviction }), { lookups: 0 });
  });

  it('tells who writes endpoints whose traffic they direct, and the garbage collector their owners', async () => {
    const answer = found({ metadata: { labels: { managed: 'yes' } } });
    const slice = { metadata: { labels: { 'kubernetes.io/service-name': 'web' } } };
    const owned = { metadata: { ...slice.metadata, ...CHILD.metadata } };
    const asked = { name: 'endpointslice-controller', kind: 'discovery.k8s.io/endpointslices' };
    const requests = [
      { operation: 'CREATE', object: slice },
      { operation: 'UPDATE', oldObject: slice, object: slice },
      { operation: 'DELETE', oldObject: slice },
    ] as const;
    for (const request of requests) {
      const fact = await added({ ...asked, request, answer });
      assert.deepEqual(Object.keys(fact), ['lookups', 'services'], request.operation);
      assert.deepEqual(await added({ ...asked, fact: MANAGED, request }), { lookups: 0 });
    }
    const deletion = { operation: 'DELETE', oldObject: owned } as const;
    const collector = { ...asked, name: 'generic-garbage-collector', request: deletion, answer };
    assert.deepEqual(Object.keys(await added(collector)), ['lookups', 'owners', 'services']);
  });

  it('compares the addresses of endpoints with pods where the controllers are installed, marked or not', async () => {
    const object = Object.assign(
      { kind: 'EndpointSlice' },
      { endpoints: [{ addresses: ['192.0.2.66'] }] },
    );
    const asked = { name: 'endpointslice-controller', kind: 'discovery.k8s.io/endpointslices' };
    const request = { operation: 'CREATE', object } as const;
    const foreignAddresses = { status: 'known', value: ['192.0.2.66'] };
    for (const fact of [UNMANAGED, MANAGED]) {
      const installed = { ...request, namespace: 'argocd' };
      assert.deepEqual(await added({ ...asked, fact, request: installed }), {
        lookups: 0,
        foreignAddresses,
      });
      assert.deepEqual(await added({ ...asked, fact, request }), { lookups: 0 });
    }
  });

  it('tells the binder’s name whether the claim of a volume is gone', async () => {
    const oldObject = { spec: { claimRef: { namespace: 'shop', name: 'data', uid: 'c' } } };
    const asked = { name: 'persistent-volume-binder', kind: '/persistentvolumes' };
    assert.deepEqual(await added({ ...asked, request: { namespace: undefined, oldObject } }), {
      lookups: 1,
      claim: { status: 'known', value: 'gone' },
    });
    const update = { operation: 'UPDATE', oldObject, object: {} } as const;
    assert.deepEqual(await added({ ...asked, request: update }), { lookups: 0 });
    assert.ok('claim' in (await added({ ...asked, fact: MANAGED, request: update })));
  });

  it('tells who gives a claim an owner whose data it holds', async () => {
    const request = {
      operation: 'UPDATE',
      name: 'data-db-0',
      oldObject: {},
      object: CHILD,
    } as const;
    const kind = '/persistentvolumeclaims';
    const asked = { name: 'statefulset-controller', kind, request };
    assert.deepEqual(await added(asked), {
      lookups: 1,
      volumeOwner: { status: 'known', value: null },
    });
  });
});
