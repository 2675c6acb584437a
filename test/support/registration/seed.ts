/** The objects that the attempts are about. */
import type { Cluster } from '../cluster/cluster.ts';
import { trackingAnnotation } from '../cluster/shop.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { POD_CREATION, OWNER } from './attempt.ts';

/** Everything the attempts are about, made before the webhook is registered. */
export async function seed(cluster: Cluster): Promise<void> {
  const namespaces = ['shop', 'argocd', 'prod', 'holdfast-system', 'going'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, ...(name === 'going' ? { finalizers: ['a.test/keep'] } : {}) },
  }));
  await cluster.mustKubectl('root', ['create', '-f', '-'], {
    input: [...namespaces, applicationKind()],
  });
  await waitFor(
    'the node lease namespace exists',
    async () => (await cluster.request('root', '/api/v1/namespaces/kube-node-lease')).code === 200,
  );
  await cluster.mustKubectl('root', [
    'wait',
    '--for=condition=Established',
    'crd/applications.argoproj.io',
  ]);
  await cluster.mustKubectl('root', ['apply', '--server-side', '-f', '-'], {
    input: seedObjects(),
  });
  await cluster.mustKubectl('root', ['delete', 'namespace', 'going', '--wait=false']);
}

function seedObjects(): readonly object[] {
  return [...configuration(), ...pods(), ...network(), ...workloads(), ...infrastructure()];
}

/** `KEYS_MAX` of the registration. */
const KEYS_SEARCHED_MAX = 1000;

/** Short ones: all annotations together have 256 KiB. */
function manyKeys(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`k${index.toString(36)}`, '']),
  );
}

function marked(name: string, kind: string) {
  const annotations = trackingAnnotation('shop', `${kind}:shop/${name}`);
  return { name, namespace: 'shop', annotations };
}

function configuration(): readonly object[] {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount' };
  const map = { apiVersion: 'v1', kind: 'ConfigMap' };
  return [
    { ...map, metadata: marked('managed', '/ConfigMap') },
    { ...map, metadata: { name: 'unmarked', namespace: 'shop' } },
    { ...map, metadata: { name: 'full', namespace: 'shop', labels: manyKeys(KEYS_SEARCHED_MAX) } },
    {
      ...map,
      metadata: { name: 'crowded', namespace: 'shop', labels: manyKeys(KEYS_SEARCHED_MAX + 1) },
    },
    // Reading each of them for a mark would exceed what a match condition may cost, which refuses the request.
    { ...map, metadata: { name: 'overcrowded', namespace: 'shop', annotations: manyKeys(45_500) } },
    { ...map, metadata: { name: 'argocd-cm', namespace: 'argocd' } },
    { ...account, metadata: { name: 'ordinary', namespace: 'shop' } },
    { ...account, metadata: { name: 'argocd-application-controller', namespace: 'argocd' } },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: 'child',
        namespace: 'argocd',
        finalizers: ['a.test/keep'],
        ownerReferences: [
          { ...OWNER, apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', name: 'set' },
        ],
      },
    },
  ];
}

function pods(): readonly object[] {
  const managed = { ...POD_CREATION, metadata: marked('managed', '/Pod') };
  return [
    { ...POD_CREATION, metadata: marked('waiting', '/Pod') },
    { ...managed, spec: { ...POD_CREATION.spec, nodeName: 'worker-1' } },
    { ...POD_CREATION, metadata: { name: 'redis', namespace: 'argocd' } },
    boundPod('shop', 'ordinary'),
    boundPod('argocd', 'argocd-application-controller'),
  ];
}

function network(): readonly object[] {
  const labels = {
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    'kustomize.toolkit.fluxcd.io/name': 'shop',
    'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
  };
  const made = { name: 'made', namespace: 'shop' };
  return [
    { apiVersion: 'v1', kind: 'Endpoints', metadata: { ...made, labels } },
    { apiVersion: 'v1', kind: 'Service', metadata: made, spec: { ports: [{ port: 80 }] } },
  ];
}

function workloads(): readonly object[] {
  const template = { metadata: { labels: { app: 'x' } }, spec: POD_CREATION.spec };
  const spec = { replicas: 0, selector: { matchLabels: { app: 'x' } }, template };
  // The owner's uid is made up; the finalizer keeps the child until the test is over.
  const child = {
    ...marked('child', 'apps/Deployment'),
    ownerReferences: [{ ...OWNER, kind: 'Deployment', name: 'managed' }],
    finalizers: ['a.test/keep'],
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: marked('managed', 'apps/Deployment'),
      spec,
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'crowded',
        namespace: 'shop',
        annotations: manyKeys(KEYS_SEARCHED_MAX + 1),
      },
      spec,
    },
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: child, spec },
  ];
}

function infrastructure(): readonly object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'shop' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: marked('limits', '/ResourceQuota'),
      spec: { hard: { 'count/nothings.example.net': '5' } },
    },
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } },
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'worker-1', namespace: 'kube-node-lease' },
    },
  ];
}

function boundPod(namespace: string, serviceAccountName: string): object {
  return {
    ...POD_CREATION,
    metadata: { name: 'bound', namespace },
    spec: { ...POD_CREATION.spec, serviceAccountName, nodeName: 'worker-1' },
  };
}

function applicationKind(): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'applications.argoproj.io' },
    spec: {
      group: 'argoproj.io',
      scope: 'Namespaced',
      names: { plural: 'applications', singular: 'application', kind: 'Application' },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      ],
    },
  };
}
