/**
 * The kinds that are searched before a namespace is deleted. They are workloads and what exposes them. Secrets are left
 * out, so that our account needs no permission to read them. `deploy/base` grants the permissions for this list.
 */
import type { ResourceKind } from '../client/format-api-path.ts';

const GROUPS: readonly (readonly [
  group: string,
  version: string,
  kinds: Readonly<Record<string, string>>,
])[] = [
  [
    '',
    'v1',
    {
      configmaps: 'ConfigMap',
      persistentvolumeclaims: 'PersistentVolumeClaim',
      pods: 'Pod',
      serviceaccounts: 'ServiceAccount',
      services: 'Service',
    },
  ],
  [
    'apps',
    'v1',
    { daemonsets: 'DaemonSet', deployments: 'Deployment', statefulsets: 'StatefulSet' },
  ],
  ['batch', 'v1', { cronjobs: 'CronJob', jobs: 'Job' }],
  ['networking.k8s.io', 'v1', { ingresses: 'Ingress', networkpolicies: 'NetworkPolicy' }],
  ['rbac.authorization.k8s.io', 'v1', { rolebindings: 'RoleBinding', roles: 'Role' }],
  ['autoscaling', 'v2', { horizontalpodautoscalers: 'HorizontalPodAutoscaler' }],
  ['argoproj.io', 'v1alpha1', { applications: 'Application', applicationsets: 'ApplicationSet' }],
  ['kustomize.toolkit.fluxcd.io', 'v1', { kustomizations: 'Kustomization' }],
  ['helm.toolkit.fluxcd.io', 'v2', { helmreleases: 'HelmRelease' }],
];

/** One row for each kind. */
export const SEARCHED_KINDS: readonly ResourceKind[] = GROUPS.flatMap(([group, version, kinds]) =>
  Object.entries(kinds).map(([resource, kind]) => ({ group, version, resource, kind })),
);
