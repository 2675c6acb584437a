/**
 * Every limit, in one table: what it is, why it is so, what happens beyond it, and which metric tells. Each row stands in the
 * `settings.ts` of what it limits.
 *
 * The configuration schema is built from the rows, and the documentation is checked against the table.
 */

import { ALERT_LIMITS } from '../alerting/settings.ts';
import { ALERTMANAGER_LIMITS } from '../alerting/targets/alertmanager/settings.ts';
import { TARGET_LIMITS } from '../alerting/targets/settings.ts';
import { DELIVERY_LIMITS } from '../delivery/settings.ts';
import { fixedLimit, KIB, MIB, MINUTE, SECOND, type LimitRows } from '../settings/limit.ts';
import { SECRET_LIMITS } from '../settings/secret-reference.ts';
import { FILE_LIMITS } from '../sinks/file/settings.ts';
import { KUBERNETES_EVENTS_LIMITS } from '../sinks/kubernetes-events/settings.ts';
import { NATS_LIMITS } from '../sinks/nats/settings.ts';
import { SLACK_LIMITS } from '../sinks/slack/settings.ts';
import { SYSLOG_LIMITS } from '../sinks/syslog/settings.ts';
import { AUDIT_LIMITS } from './limits-audit.ts';
import { BREAK_GLASS_LIMITS } from './limits-break-glass.ts';
import { KUBERNETES_LIMITS } from './limits-kubernetes.ts';

/** The table. A key is the path in the configuration file. */
export const LIMITS = {
  'limits.bodyBytesMax': {
    default: 8 * MIB,
    minimum: 64 * KIB,
    maximum: 64 * MIB,
    unit: 'bytes',
    reason:
      'An UPDATE carries two objects of up to 1.5 MiB: 2.99 MiB of plain text, 5.81 MiB where each character is escaped once, were measured; only text made of <, > or & becomes longer (17.95 MiB)',
    overflow: 'Answered 413; the webhook’s failurePolicy decides',
    metric: 'holdfast_http_rejected_total',
  },
  'limits.jsonDepthMax': {
    default: 128,
    minimum: 32,
    maximum: 1000,
    unit: 'levels',
    reason:
      'The deepest schema of Kubernetes nests about 30 levels; readers of the value may recurse',
    overflow: 'Denied with review_nested_too_deep',
    metric: 'holdfast_reviews_rejected_total',
  },
  'limits.changedPathsMax': {
    default: 64,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'More than a person or a policy needs to judge one change',
    overflow: 'The rest is not listed and the change is marked truncated; it is still a change',
    metric: 'holdfast_changes_truncated_total',
  },
  'limits.changedTextCharsMax': {
    default: 120,
    minimum: 16,
    maximum: 4000,
    unit: 'characters',
    reason: 'A value in a denial must fit on a line of a terminal',
    overflow: 'The text is cut and ends with …',
    metric: 'none',
  },
  'limits.changedValuesMax': {
    default: 1_000_000,
    minimum: 10_000,
    maximum: 10_000_000,
    unit: 'items',
    reason: 'Two objects of 3 MiB hold fewer values; comparing more would hold up other requests',
    overflow: 'The comparison ends and the change is marked truncated; it counts as a change',
    metric: 'holdfast_changes_truncated_total',
  },
  'limits.fieldNodesMax': {
    default: 200_000,
    minimum: 1000,
    maximum: 10_000_000,
    unit: 'items',
    reason:
      'The managedFields of an object of 1.5 MiB hold fewer steps; the number bounds the time as well as the memory',
    overflow:
      'Every changed field counts as declared in Git, managedFields as tampered with, and the change is marked truncated',
    metric: 'holdfast_changes_truncated_total',
  },
  'limits.messageCharsMax': {
    default: 2000,
    minimum: 200,
    maximum: 16_000,
    unit: 'characters',
    reason: 'A denial is read in a terminal, by a person in a hurry',
    overflow: 'The text is cut; the decision id stays',
    metric: 'none',
  },
  'limits.requestDeadlineMs': {
    default: 4 * SECOND,
    minimum: 50,
    maximum: 29 * SECOND,
    unit: 'milliseconds',
    reason:
      'Shorter than the webhook timeout of 5 s, so that the answer is ours and not the API server’s',
    overflow: 'What is not judged by then is unavailable, and meets its policy’s failure mode',
    metric: 'holdfast_decisions_total',
  },
  'limits.concurrentRequestsMax': {
    default: 512,
    minimum: 1,
    maximum: 100_000,
    unit: 'items',
    reason: 'At full speed one process answers so many in well under the deadline',
    overflow: 'Answered 503 at once, so that the API server can ask another replica',
    metric: 'holdfast_http_rejected_total',
  },
  'limits.connectionsMax': {
    default: 2048,
    minimum: 1,
    maximum: 100_000,
    unit: 'items',
    reason: 'A handful of API servers keep some connections each; thousands are not theirs',
    overflow: 'The connection is closed before TLS begins',
    metric: 'holdfast_http_connections_dropped_total',
  },
  'limits.headerTimeoutMs': {
    default: 5 * SECOND,
    minimum: 100,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason:
      'The API server sends its headers at once; a slow sender holds a connection for nothing',
    overflow: 'Answered 408 and closed',
    metric: 'holdfast_http_rejected_total',
  },
  'limits.requestTimeoutMs': {
    default: 10 * SECOND,
    minimum: 100,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'No webhook call lasts longer than 30 s, and ours time out after 5 s',
    overflow: 'Answered 408 and closed',
    metric: 'holdfast_http_rejected_total',
  },
  'limits.keepAliveMs': {
    default: 2 * MINUTE,
    minimum: SECOND,
    maximum: 60 * MINUTE,
    unit: 'milliseconds',
    reason:
      'The API server drops idle connections after 90 s; the server must not be first, or a request meets a closed socket',
    overflow: 'The idle connection is closed',
    metric: 'none',
  },
  'limits.drainDelayMs': {
    default: 0,
    minimum: 0,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason:
      'Behind a Service, requests still come for some seconds after a pod has begun to stop; on loopback none do',
    overflow: 'The server takes no more connections, and drains',
    metric: 'none',
  },
  'limits.drainMs': {
    default: 20 * SECOND,
    minimum: 0,
    maximum: 5 * MINUTE,
    unit: 'milliseconds',
    reason: 'Kubernetes kills a pod 30 s after SIGTERM; every request has ended long before',
    overflow: 'Requests in flight are cut off, and the log says how many',
    metric: 'holdfast_http_requests_in_flight',
  },
  'engine.workers': {
    default: 2,
    minimum: 1,
    maximum: 64,
    unit: 'items',
    reason: 'One judges many thousand requests a second; the second goes on while one is replaced',
    overflow: 'Evaluations wait in the queue',
    metric: 'holdfast_engine_queue_length',
  },
  'engine.memoryPagesMax': {
    default: 1024,
    minimum: 64,
    maximum: 16_384,
    unit: 'pages',
    reason: 'A page has 64 KiB: 64 MiB hold the largest review as values, several times over',
    overflow: 'The evaluation fails: its policies are unavailable',
    metric: 'holdfast_engine_failures_total',
  },
  'engine.queueLengthMax': {
    default: 256,
    minimum: 1,
    maximum: 100_000,
    unit: 'items',
    reason: 'What waits longer than the deadline is worth nothing; a short queue says so early',
    overflow: 'The policies are unavailable with policy_queue_full',
    metric: 'holdfast_engine_queue_length',
  },
  'engine.deadlineMs': {
    default: SECOND,
    minimum: 10,
    maximum: 20 * SECOND,
    unit: 'milliseconds',
    reason: 'An evaluation takes well under a millisecond; a second is a loop without end',
    overflow: 'The worker is ended and replaced; the policies are evaluated one by one',
    metric: 'holdfast_engine_kills_total',
  },
  'engine.quarantineAfterKills': {
    default: 3,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'Once may be a busy machine, three times is the policy',
    overflow: 'The policy is not evaluated for engine.quarantineMs, and meets its failure mode',
    metric: 'holdfast_engine_quarantined',
  },
  'engine.quarantineMs': {
    default: MINUTE,
    minimum: SECOND,
    maximum: 24 * 60 * MINUTE,
    unit: 'milliseconds',
    reason: 'Long enough for other requests to recover, short enough to forgive',
    overflow: 'The policy is tried again',
    metric: 'holdfast_engine_quarantined',
  },
  'limits.proofCacheMs': {
    default: 10 * SECOND,
    minimum: 0,
    maximum: 5 * MINUTE,
    unit: 'milliseconds',
    reason:
      'A sync writes many objects in a row; the API server itself stops believing the token of a pod that is gone',
    overflow: 'The pod, its account and its workload are read again',
    metric: 'holdfast_lookups_total',
  },
  'limits.proofGraceMs': {
    default: 5 * MINUTE,
    minimum: 0,
    maximum: 60 * MINUTE,
    unit: 'milliseconds',
    reason:
      'A slow API server must not stop the syncs of a controller whose pod was in order a moment ago',
    overflow: 'The writer is unavailable until its pod can be read',
    metric: 'holdfast_lookups_total',
  },
  'limits.proofCacheEntriesMax': {
    default: 1000,
    minimum: 0,
    maximum: 100_000,
    unit: 'items',
    reason: 'One entry for each running controller pod; forged claims are never kept',
    overflow: 'The oldest is forgotten',
    metric: 'holdfast_lookups_total',
  },
  ...KUBERNETES_LIMITS,
  ...AUDIT_LIMITS,
  ...BREAK_GLASS_LIMITS,
  ...DELIVERY_LIMITS,
  ...FILE_LIMITS,
  ...SLACK_LIMITS,
  ...NATS_LIMITS,
  ...SYSLOG_LIMITS,
  ...KUBERNETES_EVENTS_LIMITS,
  ...ALERT_LIMITS,
  ...TARGET_LIMITS,
  ...ALERTMANAGER_LIMITS,
  'configuration.fileBytesMax': fixedLimit(MIB, {
    unit: 'bytes',
    reason: 'A ConfigMap holds at most 1 MiB',
    overflow: 'The file is refused',
  }),
  'configuration.aliasesMax': fixedLimit(50, {
    unit: 'items',
    reason: 'Aliases of aliases grow without bound when they are expanded',
    overflow: 'The file is refused',
  }),
  'configuration.problemsMax': fixedLimit(50, {
    unit: 'items',
    reason: 'More problems than this have one cause',
    overflow: 'The rest is counted',
  }),
  ...SECRET_LIMITS,
} as const satisfies LimitRows;
