/** The sections about the process itself: server, engine, limits, Kubernetes, log. */
import { z } from 'zod';
import { hostSchema, limit, nameSchema, pathSchema, portSchema, section } from './schema-values.ts';

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
  workers: limit('engine.workers'),
  memoryPagesMax: limit('engine.memoryPagesMax'),
  queueLengthMax: limit('engine.queueLengthMax'),
  deadlineMs: limit('engine.deadlineMs'),
  quarantineAfterKills: limit('engine.quarantineAfterKills'),
  quarantineMs: limit('engine.quarantineMs'),
});

/** How much of everything one request and one process may use. */
export const limitsSchema = section({
  bodyBytesMax: limit('limits.bodyBytesMax'),
  jsonDepthMax: limit('limits.jsonDepthMax'),
  changedPathsMax: limit('limits.changedPathsMax'),
  changedTextCharsMax: limit('limits.changedTextCharsMax'),
  changedValuesMax: limit('limits.changedValuesMax'),
  fieldNodesMax: limit('limits.fieldNodesMax'),
  messageCharsMax: limit('limits.messageCharsMax'),
  proofCacheMs: limit('limits.proofCacheMs'),
  proofGraceMs: limit('limits.proofGraceMs'),
  proofCacheEntriesMax: limit('limits.proofCacheEntriesMax'),
  requestDeadlineMs: limit('limits.requestDeadlineMs'),
  concurrentRequestsMax: limit('limits.concurrentRequestsMax'),
  connectionsMax: limit('limits.connectionsMax'),
  headerTimeoutMs: limit('limits.headerTimeoutMs'),
  requestTimeoutMs: limit('limits.requestTimeoutMs'),
  keepAliveMs: limit('limits.keepAliveMs'),
  drainDelayMs: limit('limits.drainDelayMs'),
  drainMs: limit('limits.drainMs'),
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
  resourcesMax: limit('kubernetes.watch.resourcesMax'),
  entriesMax: limit('kubernetes.watch.entriesMax'),
  silenceMs: limit('kubernetes.watch.silenceMs'),
  resyncMs: limit('kubernetes.watch.resyncMs'),
});

/** How the cluster is asked about what a review does not carry. */
export const kubernetesSchema = section({
  /** Absent: the pod's own service account, or no lookups outside a cluster. */
  kubeconfigFile: pathSchema.optional(),
  lookupTimeoutMs: limit('kubernetes.lookupTimeoutMs'),
  lookupCacheMs: limit('kubernetes.lookupCacheMs'),
  lookupCacheEntriesMax: limit('kubernetes.lookupCacheEntriesMax'),
  concurrentLookupsMax: limit('kubernetes.concurrentLookupsMax'),
  watch: watchSchema.prefault({}),
});

/** What the process tells of itself. */
export const logSchema = section({
  level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
