/** Workloads that Git declares run, scale and end, and nobody is refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  assertNobodyRefused,
  useInnocentCluster,
  APPS,
  BATCH,
  ROLLING_PODS,
  SHOP,
  STRATEGIC,
  podTemplate,
  rollingDeployment,
} from '../../support/cluster/innocents.ts';
import { waitFor } from '../../support/cluster/wait-for.ts';

const MIRRORED_PODS = `${SHOP}/pods?labelSelector=app%3Dmirrored`;
const ADMISSION = 'admissionregistration.k8s.io/v1';
const MIRROR: readonly object[] = [
  {
    apiVersion: ADMISSION,
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'registry-mirror' },
    spec: {
      reinvocationPolicy: 'Never',
      failurePolicy: 'Fail',
      matchConstraints: {
        objectSelector: { matchLabels: { app: 'mirrored' } },
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      mutations: [
        {
          patchType: 'JSONPatch',
          jsonPatch: {
            expression:
              '[JSONPatch{op: "replace", path: "/spec/containers/0/image", value: "mirror.local/app:1"}]',
          },
        },
      ],
    },
  },
  {
    apiVersion: ADMISSION,
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: 'registry-mirror' },
    spec: { policyName: 'registry-mirror' },
  },
];

describe('nobody in the right is refused: workloads that Git declares', () => {
  const world = useInnocentCluster();

  it('the GitOps writer rolls a new image out', async () => {
    const { cluster, sync } = world();
    await sync(rollingDeployment(2));
    await cluster.mustKubectl('root', [
      '-n',
      'shop',
      'rollout',
      'status',
      'deployment/rolling',
      '--timeout=60s',
    ]);
  });

  it('the GitOps writer scales a Deployment down and up', async () => {
    const { items, sync } = world();
    for (const replicas of [0, 1]) {
      await sync(rollingDeployment(replicas));
      await waitFor(`there are ${replicas} pods`, async () => {
        const pods = await items(ROLLING_PODS);
        return pods.length === replicas;
      });
    }
  });

  it('a Deployment with strategy Recreate ends its pods before it starts new ones', async () => {
    const { cluster, sync } = world();
    const make = (image: string): Promise<void> =>
      sync({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'recreated' },
        spec: {
          replicas: 1,
          strategy: { type: 'Recreate' },
          selector: { matchLabels: { app: 'rec' } },
          template: {
            metadata: { labels: { app: 'rec' } },
            spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'app', image }] },
          },
        },
      });
    await make('registry.local/app:1');
    await make('registry.local/app:2');
    await cluster.mustKubectl('root', [
      '-n',
      'shop',
      'rollout',
      'status',
      'deployment/recreated',
      '--timeout=60s',
    ]);
  });

  it('a StatefulSet makes its pods in order, and their volume claims', async () => {
    const { items, sync } = world();
    await sync({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db' },
      spec: {
        replicas: 2,
        serviceName: 'db',
        selector: { matchLabels: { app: 'db' } },
        template: podTemplate('db'),
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    });
    await waitFor('both pods and both claims are there', async () => {
      const [pods, claims] = await Promise.all([
        items(`${SHOP}/pods?labelSelector=app%3Ddb`),
        items(`${SHOP}/persistentvolumeclaims`),
      ]);
      return pods.length === 2 && claims.length === 2;
    });
  });

  it('a volume is bound to a claim', async () => {
    const { get, send } = world();
    await send('alice', '/api/v1/persistentvolumes', {
      method: 'POST',
      body: {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'volume-0' },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          hostPath: { path: '/data' },
          claimRef: { namespace: 'shop', name: 'data-db-0' },
        },
      },
    });
    await waitFor('the claim is bound', async () => {
      return (await get(`${SHOP}/persistentvolumeclaims/data-db-0`)).status?.['phase'] === 'Bound';
    });
  });

  it('a StatefulSet is scaled down by Git, and keeps its claims', async () => {
    const { items, sync } = world();
    await sync({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db' },
      spec: {
        replicas: 1,
        serviceName: 'db',
        selector: { matchLabels: { app: 'db' } },
        template: podTemplate('db'),
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    });
    await waitFor('one pod is left', async () => {
      return (await items(`${SHOP}/pods?labelSelector=app%3Ddb`)).length === 1;
    });
    assert.equal((await items(`${SHOP}/persistentvolumeclaims`)).length, 2);
  });

  it('a DaemonSet puts a pod on every node', async () => {
    const { get, sync } = world();
    await sync({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent' },
      spec: { selector: { matchLabels: { app: 'agent' } }, template: podTemplate('agent') },
    });
    await waitFor('it is there', async () => {
      const { status } = await get(`${APPS}/daemonsets/agent`);
      return status?.['numberReady'] === 1;
    });
  });

  async function finishPods(label: string): Promise<void> {
    const { items, send } = world();
    await waitFor('the pod of the job runs', async () => {
      const pods = await items(`${SHOP}/pods?labelSelector=${encodeURIComponent(label)}`);
      const running = pods.filter(({ status }) => status?.['phase'] === 'Running');
      for (const { metadata } of running) {
        await send('kubelet', `${SHOP}/pods/${metadata?.name ?? ''}/status`, {
          method: 'PATCH',
          patchType: STRATEGIC,
          body: { status: { phase: 'Succeeded' } },
        });
      }
      return running.length > 0;
    });
  }

  it('a Job runs to its end', async () => {
    const { get, sync } = world();
    await sync({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'migrate' },
      spec: { template: podTemplate('migrate', 'Never') },
    });
    await finishPods('batch.kubernetes.io/job-name=migrate');
    await waitFor('the Job is complete', async () => {
      return (await get(`${BATCH}/jobs/migrate`)).status?.['succeeded'] === 1;
    });
  });

  it('a Job that is over is removed after its time', async () => {
    const { cluster, sync } = world();
    await sync({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'short' },
      spec: { ttlSecondsAfterFinished: 0, template: podTemplate('short', 'Never') },
    });
    await finishPods('batch.kubernetes.io/job-name=short');
    await waitFor('the Job is gone', async () => {
      return (await cluster.request('root', `${BATCH}/jobs/short`)).code === 404;
    });
  });

  it('a CronJob makes Jobs', async () => {
    const { cluster, items, sync } = world();
    await sync({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly' },
      spec: {
        schedule: '* * * * *',
        jobTemplate: { spec: { template: podTemplate('nightly', 'Never') } },
      },
    });
    await waitFor(
      'it has made one',
      async () =>
        (await items(`${BATCH}/jobs`)).some(({ metadata }) =>
          metadata?.name?.startsWith('nightly-'),
        ),
      { deadlineMs: 90_000 },
    );
    await cluster.mustKubectl('argocd', ['-n', 'shop', 'delete', 'cronjob/nightly']);
  });

  it('pods run from a mirror of the registry, which an admission policy writes into them', async () => {
    const { cluster, items, running, sync } = world();
    await cluster.mustKubectl('root', ['apply', '--server-side', '-f', '-'], { input: MIRROR });
    await sync({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'mirrored' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'mirrored' } },
        template: podTemplate('mirrored'),
      },
    });
    // The API server takes a moment to read a new policy; until then pods run what Git says.
    await waitFor('a pod runs the image of the mirror', async () => {
      for (const { metadata, spec } of await items(MIRRORED_PODS)) {
        if (JSON.stringify(spec).includes('mirror.local/app:1')) continue;
        await cluster.request('root', `${SHOP}/pods/${metadata?.name ?? ''}`, { method: 'DELETE' });
      }
      const pods = await running(MIRRORED_PODS);
      return pods.some(({ spec }) => JSON.stringify(spec).includes('mirror.local/app:1'));
    });
  });

  it('and no decision of all of these was a refusal', async () => {
    await assertNobodyRefused(world());
  });
});
