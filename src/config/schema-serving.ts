/** The sections about the process itself: server, engine, limits, Kubernetes, log. */
import { z } from 'zod';
import { hostSchema, limit, nameSchema, pathSchema, portSchema, section } from './schema-values.ts';

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

/** How the cluster is asked about what a review does not carry. */
export const kubernetesSchema = section({
  /** Absent: the pod's own service account, or no lookups outside a cluster. */
  kubeconfigFile: pathSchema.optional(),
  lookupTimeoutMs: limit('kubernetes.lookupTimeoutMs'),
  lookupCacheMs: limit('kubernetes.lookupCacheMs'),
  lookupCacheEntriesMax: limit('kubernetes.lookupCacheEntriesMax'),
  concurrentLookupsMax: limit('kubernetes.concurrentLookupsMax'),
});

/** What the process tells of itself. */
export const logSchema = section({
  level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
