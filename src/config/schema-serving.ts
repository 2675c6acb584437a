/** The sections about the process itself: server, engine, limits, Kubernetes, log. */
import { z } from 'zod';
import { limit } from '../settings/limit.ts';
import { LIMITS } from './limits.ts';
import { KUBERNETES_LIMITS } from './limits-kubernetes.ts';
import {
  hostSchema,
  nameSchema,
  pathSchema,
  portSchema,
  section,
} from '../settings/value-schemas.ts';

/**
 * What GitOps commonly applies, and what stands between a pod and it. No Secrets: our account need not be able to read any.
 * The largest come last, so that they are the ones without room.
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

/** Which cluster this is. */
export const clusterSchema = section({
  /** Shown in every denial and record, so that people know where they are. */
  name: nameSchema.default('unnamed'),
  /** Policies may refuse every change while it is set. */
  frozen: z.boolean().default(false),
});

const tlsSchema = section({
  certificateFile: pathSchema.default('certs/tls.crt'),
  keyFile: pathSchema.default('certs/tls.key'),
  minimumVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.3'),
});

const clientAuthenticationSchema = section({
  /** The CA that signed the API server's client certificate. */
  caFile: pathSchema,
  /** Which of its certificates are the API server's; a CA often signs others too. */
  commonNames: z.array(z.string().min(1).max(253)).min(1).readonly(),
});

/** Where the webhook and the metrics listen, and how both sides prove who they are. */
export const serverSchema = section({
  /** Loopback by default: who opens it to a network has thought about who may reach it. */
  host: hostSchema.default('127.0.0.1'),
  port: portSchema.default(8443),
  tls: tlsSchema.prefault({}),
  clientAuthentication: clientAuthenticationSchema.optional(),
  metrics: section({
    host: hostSchema.default('127.0.0.1'),
    port: portSchema.default(8080),
  }).prefault({}),
});

/** How policies are evaluated: every key is a limit. */
export const engineSchema = section({
  workers: limit(LIMITS['engine.workers']),
  memoryPagesMax: limit(LIMITS['engine.memoryPagesMax']),
  queueLengthMax: limit(LIMITS['engine.queueLengthMax']),
  deadlineMs: limit(LIMITS['engine.deadlineMs']),
  quarantineAfterKills: limit(LIMITS['engine.quarantineAfterKills']),
  quarantineMs: limit(LIMITS['engine.quarantineMs']),
});

/** How much of everything one request and one process may use. */
export const limitsSchema = section({
  bodyBytesMax: limit(LIMITS['limits.bodyBytesMax']),
  jsonDepthMax: limit(LIMITS['limits.jsonDepthMax']),
  changedPathsMax: limit(LIMITS['limits.changedPathsMax']),
  changedTextCharsMax: limit(LIMITS['limits.changedTextCharsMax']),
  changedValuesMax: limit(LIMITS['limits.changedValuesMax']),
  fieldNodesMax: limit(LIMITS['limits.fieldNodesMax']),
  messageCharsMax: limit(LIMITS['limits.messageCharsMax']),
  proofCacheMs: limit(LIMITS['limits.proofCacheMs']),
  proofGraceMs: limit(LIMITS['limits.proofGraceMs']),
  proofCacheEntriesMax: limit(LIMITS['limits.proofCacheEntriesMax']),
  requestDeadlineMs: limit(LIMITS['limits.requestDeadlineMs']),
  concurrentRequestsMax: limit(LIMITS['limits.concurrentRequestsMax']),
  connectionsMax: limit(LIMITS['limits.connectionsMax']),
  headerTimeoutMs: limit(LIMITS['limits.headerTimeoutMs']),
  requestTimeoutMs: limit(LIMITS['limits.requestTimeoutMs']),
  keepAliveMs: limit(LIMITS['limits.keepAliveMs']),
  drainDelayMs: limit(LIMITS['limits.drainDelayMs']),
  drainMs: limit(LIMITS['limits.drainMs']),
});

/** A resource as kubectl writes it: `pods`, `deployments.apps`. */
const resourceNameSchema = z
  .string()
  .max(253)
  .regex(
    /^[a-z][a-z0-9-]*(?:\.[a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$/u,
    'Expected a resource in lower case and plural, with its group, as in "deployments.apps"',
  );

/** What is followed by list and watch, so that a review need not wait for the API server. */
const watchSchema = section({
  /** Those first in the list get the room first. Empty: nothing is followed, every look-up is live. */
  resources: z.array(resourceNameSchema).max(500).readonly().default(DEFAULT_WATCHED),
  resourcesMax: limit(KUBERNETES_LIMITS['kubernetes.watch.resourcesMax']),
  entriesMax: limit(KUBERNETES_LIMITS['kubernetes.watch.entriesMax']),
  silenceMs: limit(KUBERNETES_LIMITS['kubernetes.watch.silenceMs']),
  resyncMs: limit(KUBERNETES_LIMITS['kubernetes.watch.resyncMs']),
});

/** How the cluster is asked about what a review does not carry. */
export const kubernetesSchema = section({
  /** Absent: the pod's own service account, or no lookups outside a cluster. */
  kubeconfigFile: pathSchema.optional(),
  lookupTimeoutMs: limit(KUBERNETES_LIMITS['kubernetes.lookupTimeoutMs']),
  lookupCacheMs: limit(KUBERNETES_LIMITS['kubernetes.lookupCacheMs']),
  lookupCacheEntriesMax: limit(KUBERNETES_LIMITS['kubernetes.lookupCacheEntriesMax']),
  concurrentLookupsMax: limit(KUBERNETES_LIMITS['kubernetes.concurrentLookupsMax']),
  watch: watchSchema.prefault({}),
});

/** What the process tells of itself. */
export const logSchema = section({
  level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
