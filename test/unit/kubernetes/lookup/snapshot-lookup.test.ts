import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { createSnapshotLookup } from '../../../../src/kubernetes/lookup/snapshot-lookup.ts';

const DEADLINE = monotonicMs(0);
const checkout = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'checkout', namespace: 'shop', annotations: { app: 'checkout' } },
};
const policy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny', namespace: 'shop' },
};
const application = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'checkout', namespace: 'argocd' },
};
const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } };

const lookup = createSnapshotLookup({
  objects: [
    checkout,
    { kind: 'List', items: [policy, { kind: 'AppList', items: [application] }] },
    node,
    7,
    {},
  ],
  isManaged: ({ metadata }) => {
    const app = metadata?.annotations?.['app'];
    return app === undefined ? undefined : { app };
  },
});

describe('createSnapshotLookup', () => {
  it('finds objects by group, plural, namespace and name, whatever the version', async () => {
    const reference = {
      group: 'apps',
      version: 'v9',
      resource: 'deployments',
      kind: '',
      namespace: 'shop',
      name: 'checkout',
    };
    assert.deepEqual(await lookup.lookupObject(reference, DEADLINE), {
      status: 'found',
      object: checkout,
    });
    assert.deepEqual(await lookup.lookupFresh(reference, DEADLINE), {
      status: 'found',
      object: checkout,
    });
    assert.deepEqual(await lookup.lookupObject({ ...reference, namespace: 'other' }, DEADLINE), {
      status: 'absent',
    });
    assert.deepEqual(await lookup.lookupObject({ ...reference, group: '' }, DEADLINE), {
      status: 'absent',
    });
  });

  it('finds objects in lists of lists, and objects without a namespace', async () => {
    assert.deepEqual(await lookup.findApplication('argocd', 'checkout', DEADLINE), {
      status: 'found',
      object: application,
    });
    const reference = {
      group: '',
      version: 'v1',
      resource: 'nodes',
      kind: 'Node',
      name: 'worker-1',
    };
    assert.deepEqual(await lookup.lookupObject(reference, DEADLINE), {
      status: 'found',
      object: node,
    });
  });

  it('finds what is managed in a namespace', async () => {
    assert.deepEqual(await lookup.findManagedInNamespace('shop', DEADLINE), {
      status: 'found',
      objects: [
        {
          group: 'apps',
          version: 'v1',
          resource: 'deployments',
          kind: 'Deployment',
          namespace: 'shop',
          name: 'checkout',
          app: 'checkout',
        },
      ],
    });
    assert.deepEqual(await lookup.findManagedInNamespace('argocd', DEADLINE), {
      status: 'found',
      objects: [],
    });
    lookup.close();
  });
});

describe('the relations of a snapshot', () => {
  const metadata = { name: 'load', namespace: 'shop', annotations: { app: 'checkout' } };
  const scaleTargetRef = { name: 'checkout', kind: 'Deployment', apiVersion: 'apps/v1' };
  const relations = createSnapshotLookup({
    objects: [
      checkout,
      { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata, spec: { scaleTargetRef } },
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'mine', namespace: 'shop' },
        spec: { scaleTargetRef, maxReplicas: 3 },
      },
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'checkout', namespace: 'argocd' },
        spec: { destination: { name: 'in-cluster' } },
        status: {
          resources: [
            { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'checkout' },
            { kind: 'Secret', namespace: 'shop', name: 'keys' },
          ],
        },
      },
    ],
    isManaged: ({ metadata: found }) =>
      found?.annotations?.['app'] === undefined ? undefined : {},
  });
  const deployment = {
    group: 'apps',
    version: 'v1',
    resource: 'deployments',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'checkout',
  };

  it('finds the autoscalers of an object, and whether they come from Git', async () => {
    assert.deepEqual(await relations.findScalers(deployment, DEADLINE), {
      status: 'found',
      scalers: [
        { tool: 'keda', name: 'load', replicasMin: 0, replicasMax: 100, managed: true },
        { tool: 'hpa', name: 'mine', replicasMin: 1, replicasMax: 3, managed: false },
      ],
    });
    const none = { status: 'found', scalers: [] };
    assert.deepEqual(
      await relations.findScalers({ ...deployment, namespace: 'x' }, DEADLINE),
      none,
    );
    const { namespace: _, ...global } = deployment;
    assert.deepEqual(await relations.findScalers(global, DEADLINE), none);
  });

  it('finds who claims an object', async () => {
    assert.deepEqual(await relations.findClaims(deployment, DEADLINE), {
      status: 'found',
      claims: [{ tool: 'argocd', kind: 'Application', namespace: 'argocd', app: 'checkout' }],
    });
    assert.deepEqual(await relations.findClaims({ ...deployment, name: 'x' }, DEADLINE), {
      status: 'found',
      claims: [],
    });
  });

  it('finds what is listed of a namespace beside the kinds that are looked through', async () => {
    const found = await relations.findClaimed({ namespace: 'shop' }, DEADLINE);
    const secret = { group: '', version: '', resource: 'secrets', kind: 'Secret', name: 'keys' };
    assert.deepEqual(found, {
      status: 'found',
      objects: [{ ...secret, namespace: 'shop', app: 'checkout' }],
    });
  });

  it('finds the workloads of a namespace that select an object', async () => {
    const web = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace: 'shop', name: 'web' },
      spec: { selector: { matchLabels: { app: 'web' } } },
    };
    const service = {
      ...web,
      apiVersion: 'v1',
      kind: 'Service',
      spec: { selector: { app: 'web' } },
    };
    const selecting = createSnapshotLookup({ objects: [web, service], isManaged: () => undefined });
    const find = async (namespace: string, app: string) => {
      const answer = await selecting.findSelecting(namespace, { app }, DEADLINE);
      return answer.status === 'found' && answer.workloads.map(({ object }) => object);
    };

    assert.deepEqual(await find('shop', 'web'), [web]);
    assert.deepEqual(await find('shop', 'other'), []);
    assert.deepEqual(await find('elsewhere', 'web'), []);
  });
});
