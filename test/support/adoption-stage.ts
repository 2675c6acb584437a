/** A cluster with Argo CD and Flux as the API server tells of it, for `holdfast adopt`: a test changes what it wants found. */
import type { ClosingHooks } from './closing-hooks.ts';
import { sampleDiscovery, type SampleResource } from './discovery-samples.ts';
import { startFakeApiServer, type FakeApiServer } from './fake-api-server.ts';

const RESOURCES: readonly SampleResource[] = [
  { resource: 'nodes', kind: 'Node', namespaced: false },
  { resource: 'pods', kind: 'Pod' },
  { resource: 'secrets', kind: 'Secret' },
  { resource: 'serviceaccounts', kind: 'ServiceAccount' },
  { group: 'apps', resource: 'deployments', kind: 'Deployment' },
  { group: 'apps', resource: 'statefulsets', kind: 'StatefulSet' },
  {
    group: 'argoproj.io',
    version: 'v1alpha1',
    resource: 'applications',
    kind: 'Application',
  },
  { group: 'argoproj.io', version: 'v1alpha1', resource: 'appprojects', kind: 'AppProject' },
  {
    group: 'kustomize.toolkit.fluxcd.io',
    resource: 'kustomizations',
    kind: 'Kustomization',
  },
  {
    group: 'admissionregistration.k8s.io',
    resource: 'mutatingwebhookconfigurations',
    kind: 'MutatingWebhookConfiguration',
    namespaced: false,
  },
];

/** Each collection that is read. */
export const ADOPTION_PATHS = {
  nodes: '/api/v1/nodes',
  accounts: '/api/v1/serviceaccounts',
  secrets: '/api/v1/secrets',
  deployments: '/apis/apps/v1/deployments',
  statefulSets: '/apis/apps/v1/statefulsets',
  applications: '/apis/argoproj.io/v1alpha1/applications',
  projects: '/apis/argoproj.io/v1alpha1/appprojects',
  kustomizations: '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations',
  webhooks: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  pods: '/api/v1/namespaces/argocd/pods',
  allPods: '/api/v1/pods',
  settings: '/api/v1/namespaces/argocd/configmaps/argocd-cm',
  version: '/version',
} as const;

const CONTROLLER = 'argocd-application-controller';

/** Starts it; it ends with the test. Everything can be read. */
export async function openAdoptionStage(test: ClosingHooks): Promise<FakeApiServer> {
  const api = await startFakeApiServer();
  test.after(() => api.stop());
  for (const [path, body] of Object.entries(sampleDiscovery(RESOURCES))) api.answer(path, { body });
  for (const path of Object.values(ADOPTION_PATHS)) api.answer(path, { body: { items: [] } });
  api.answer(ADOPTION_PATHS.version, { body: { gitVersion: 'v1.36.3' } });
  api.answer(ADOPTION_PATHS.settings, { status: 404 });
  const account = { namespace: 'kube-system', name: 'deployment-controller' };
  api.answer(ADOPTION_PATHS.accounts, { body: { items: [{ metadata: account }] } });
  api.answer(ADOPTION_PATHS.statefulSets, { body: { items: [controllerObject()] } });
  api.answer('/api/v1/namespaces/flux-system/pods', { body: { items: [] } });
  api.answer(ADOPTION_PATHS.allPods, {
    body: { metadata: { remainingItemCount: 41 }, items: [{}] },
  });
  const projected = { sources: [{ serviceAccountToken: {} }] };
  api.answer(ADOPTION_PATHS.pods, {
    body: {
      items: [
        {
          metadata: { name: `${CONTROLLER}-0` },
          spec: { serviceAccountName: CONTROLLER, volumes: [{ projected }] },
          status: { phase: 'Running' },
        },
      ],
    },
  });
  return api;
}

/** The application controller of Argo CD's own manifests. */
export function controllerObject(namespace = 'argocd'): object {
  const containers = [
    { image: 'quay.io/argoproj/argocd:v3', args: [`/usr/local/bin/${CONTROLLER}`] },
  ];
  return {
    metadata: { namespace, name: CONTROLLER, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { template: { spec: { serviceAccountName: CONTROLLER, containers } } },
  };
}
