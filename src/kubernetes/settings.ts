/** The settings section `kubernetes`: how the API server is queried for what a review does not contain. */
import { z } from 'zod';
import { MINUTE, SECOND, limit, type LimitRows } from '../settings/limit.ts';
import { pathSchema, section } from '../settings/value-schemas.ts';
import { HUB_LIMITS, hubSchema } from './hub/settings.ts';

/** Rows of the table of limits. */
export const KUBERNETES_LIMITS = {
  'kubernetes.lookupTimeoutMs': {
    default: SECOND,
    minimum: 10,
    maximum: 20 * SECOND,
    unit: 'milliseconds',
    reason:
      'The API server answers a read of one object in milliseconds; the request waits meanwhile',
    overflow: 'The fact is unavailable',
    metric: 'holdfast_lookups_total',
  },
  'kubernetes.lookupCacheMs': {
    default: 2 * SECOND,
    minimum: 0,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'One rollout asks for the same parent many times a second; ownership changes rarely',
    overflow: 'The object is read again',
    metric: 'holdfast_lookups_total',
  },
  'kubernetes.lookupCacheEntriesMax': {
    default: 5000,
    minimum: 0,
    maximum: 1_000_000,
    unit: 'items',
    reason: 'A few kilobytes per object: tens of megabytes in total',
    overflow: 'The oldest entry is forgotten',
    metric: 'holdfast_lookup_cache_entries',
  },
  'kubernetes.concurrentLookupsMax': {
    default: 32,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'Holdfast must not overload the API server',
    overflow: 'The lookup waits, at most until its time-out',
    metric: 'holdfast_lookups_total',
  },
  'kubernetes.watch.resourcesMax': {
    default: 64,
    minimum: 1,
    maximum: 500,
    unit: 'items',
    reason: 'Each watched resource needs one connection to the API server per replica',
    overflow: 'The rest is not watched and is looked up live; the log names it',
    metric: 'holdfast_watch_synced',
  },
  'kubernetes.watch.entriesMax': {
    default: 100_000,
    minimum: 0,
    maximum: 5_000_000,
    unit: 'items',
    reason:
      'Ten thousand objects take 3 to 5 MiB (docs/identity-and-ownership.md has the measurement); the default fits the memory limit of the deployment',
    overflow:
      'The resource that needs more room is dropped and looked up live; it is tried again every ten minutes',
    metric: 'holdfast_watch_restarts_total',
  },
  'kubernetes.watch.silenceMs': {
    default: 90 * SECOND,
    minimum: 5 * SECOND,
    maximum: 10 * MINUTE,
    unit: 'milliseconds',
    reason: 'The API server sends a bookmark about every minute, at the latest after 75 s',
    overflow:
      'The watch counts as dead: it is closed and opened again, and its resource is looked up live',
    metric: 'holdfast_watch_restarts_total',
  },
  'kubernetes.watch.resyncMs': {
    default: 60 * MINUTE,
    minimum: MINUTE,
    maximum: 24 * 60 * MINUTE,
    unit: 'milliseconds',
    reason: 'A safeguard against missed events: a complete list from time to time',
    overflow:
      'The resource is listed again when its watch ends, which it does every 5 to 10 minutes',
    metric: 'holdfast_watch_restarts_total',
  },
  ...HUB_LIMITS,
} as const satisfies LimitRows;

/**
 * The kinds that GitOps commonly applies, and those between them and a pod. No Secrets: our account needs no permission
 * to read them. The largest come last, so that they are dropped first when the quota is used up.
 */
const DEFAULT_WATCHED: readonly string[] = [
  'applications.argoproj.io',
  'kustomizations.kustomize.toolkit.fluxcd.io',
  'helmreleases.helm.toolkit.fluxcd.io',
  'horizontalpodautoscalers.autoscaling',
  'scaledobjects.keda.sh',
  'customresourcedefinitions.apiextensions.k8s.io',
  'namespaces',
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'cronjobs.batch',
  'services',
  'ingresses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'persistentvolumeclaims',
  'poddisruptionbudgets.policy',
  'serviceaccounts',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'applicationsets.argoproj.io',
  'configmaps',
  'jobs.batch',
  'replicationcontrollers',
  'replicasets.apps',
  'pods',
];

/** A resource as kubectl writes it: `pods`, `deployments.apps`. */
const resourceNameSchema = z
  .string()
  .max(253)
  .regex(
    /^[a-z][a-z0-9-]*(?:\.[a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$/u,
    'Expected a resource in lower case and plural, with its group, as in "deployments.apps"',
  );

/** The resources that are cached by list and watch, so that a review does not wait for the API server. */
const watchSchema = section({
  resources: z
    .array(resourceNameSchema)
    .max(500)
    .readonly()
    .default(DEFAULT_WATCHED)
    .describe(
      'The resources, as kubectl writes them. The first in the list get memory first. Empty: nothing is watched, every look-up is live.',
    ),
  resourcesMax: limit(KUBERNETES_LIMITS['kubernetes.watch.resourcesMax']),
  entriesMax: limit(KUBERNETES_LIMITS['kubernetes.watch.entriesMax']),
  silenceMs: limit(KUBERNETES_LIMITS['kubernetes.watch.silenceMs']),
  resyncMs: limit(KUBERNETES_LIMITS['kubernetes.watch.resyncMs']),
});

/** How the API server is queried for what a review does not contain. */
export const kubernetesSchema = section({
  kubeconfigFile: pathSchema
    .optional()
    .describe(
      'The kubeconfig. Absent: the service account of the pod; outside a cluster, no look-ups.',
    ),
  /** A look-up takes at most this long, and never longer than its caller's deadline. */
  lookupTimeoutMs: limit(KUBERNETES_LIMITS['kubernetes.lookupTimeoutMs']),
  lookupCacheMs: limit(KUBERNETES_LIMITS['kubernetes.lookupCacheMs']),
  lookupCacheEntriesMax: limit(KUBERNETES_LIMITS['kubernetes.lookupCacheEntriesMax']),
  concurrentLookupsMax: limit(KUBERNETES_LIMITS['kubernetes.concurrentLookupsMax']),
  watch: watchSchema
    .prefault({})
    .describe('Which resources are watched, so that a review need not wait for the API server.'),
  hub: hubSchema
    .optional()
    .describe(
      'The cluster of Argo CD, where it deploys to this cluster from another one. Absent: its Applications are in this cluster.',
    ),
});

export type KubernetesSettings = z.output<typeof kubernetesSchema>;
