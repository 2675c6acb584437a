/**
 * Every metric, in one table: the dashboards, alerts and documents of Holdfast name these and no others.
 * Labels have low cardinality by design: never a name, namespace or user of the cluster.
 */

import { CLUSTER_METRICS } from './cluster-metrics.ts';
import { COMMIT_METRICS } from './commit-metrics.ts';
import { DASHBOARD_METRICS } from './dashboard-metrics.ts';
import { DRIFT_METRICS } from './drift-metrics.ts';
import { GATEKEEPER_METRICS } from './gatekeeper-metrics.ts';
import { IMAGE_METRICS } from './image-metrics.ts';
import { LINEAGE_METRICS } from './lineage-metrics.ts';
import { INTAKE_METRICS } from './intake-metrics.ts';
import { DURATION_BUCKETS, type MetricRow, type MetricType } from './metric-row.ts';
import { POLICY_METRICS } from './policy-metrics.ts';
import { TRACE_METRICS } from './trace-metrics.ts';

/** The table. Compose exposes it; code that counts uses the `Metrics` interface. */
export const METRICS = {
  ...CLUSTER_METRICS,
  ...COMMIT_METRICS,
  ...DASHBOARD_METRICS,
  ...DRIFT_METRICS,
  ...GATEKEEPER_METRICS,
  ...IMAGE_METRICS,
  ...LINEAGE_METRICS,
  ...INTAKE_METRICS,
  ...TRACE_METRICS,

  // Break-glass
  holdfast_objects_held_open: {
    type: 'gauge',
    help: 'Objects that were changed under a break-glass grant and that Git has not written since',
    labels: [],
  },
  holdfast_grants_total: {
    type: 'counter',
    help: 'Break-glass grants that were used or rejected, by code (`used` if one allowed a request)',
    labels: ['code'],
  },
  // Freezes
  holdfast_freezes: {
    type: 'gauge',
    help: 'Freezes of deployments in force, by what began them (window, person, breaker)',
    labels: ['kind'],
  },
  holdfast_freezes_readable: {
    type: 'gauge',
    help: 'Whether the Freeze objects of the cluster can be read: 1, else 0',
    labels: [],
  },
  holdfast_breaker_state: {
    type: 'gauge',
    help: 'Circuit breakers of deployments, on the replica that asks Prometheus: 0 closed, 1 half open, 2 open',
    labels: ['breaker'],
  },
  holdfast_breaker_samples_total: {
    type: 'counter',
    help: 'Samples that circuit breakers have asked Prometheus for, by outcome (read, lost)',
    labels: ['breaker', 'outcome'],
  },
  // Credentials of identities
  holdfast_credentials_total: {
    type: 'counter',
    help: 'Requests of control-plane identities, nodes and operators by the standing of their credential (known, unknown, absent, unavailable, off)',
    labels: ['status'],
  },
  holdfast_credential_identities: {
    type: 'gauge',
    help: 'Identities with a known credential, and those that have shown only unknown ones',
    labels: ['standing'],
  },
  holdfast_credential_syncs_total: {
    type: 'counter',
    help: 'Attempts to bring the credentials in step with their Secret, by outcome (ok, failed)',
    labels: ['outcome'],
  },
  // The request path
  holdfast_decisions_total: {
    type: 'counter',
    help: 'Decisions by route, operation and outcome (allowed, warned, audited, patched, denied, unavailable)',
    labels: ['route', 'operation', 'decision'],
  },
  holdfast_would_deny_total: {
    type: 'counter',
    help: 'Requests that a policy in the modes warn and audit would have refused in the mode enforce, by policy',
    labels: ['policy'],
  },
  holdfast_decision_duration_seconds: {
    type: 'histogram',
    help: 'Time from the decoded review to the recorded decision',
    labels: ['route'],
    buckets: DURATION_BUCKETS,
    exemplars: true,
  },
  holdfast_reviews_rejected_total: {
    type: 'counter',
    help: 'Reviews that could not be decoded, by error code',
    labels: ['route', 'code'],
  },
  holdfast_heavy_reviews_bytes: {
    type: 'gauge',
    help: 'Memory that large reviews are expected to take, in bytes, of those that are judged',
    labels: [],
  },
  holdfast_heavy_reviews_waiting: {
    type: 'gauge',
    help: 'Large reviews that wait for memory',
    labels: [],
  },
  holdfast_faults_total: {
    type: 'counter',
    help: 'Internal faults that caused denials, by error code',
    labels: ['code'],
  },
  holdfast_changes_truncated_total: {
    type: 'counter',
    help: 'Changes with more paths than limits.changedPathsMax',
    labels: [],
  },
  holdfast_records_total: {
    type: 'counter',
    help: 'Decision records by outcome (written, folded: counted in a fold, failed)',
    labels: ['outcome'],
  },
  holdfast_refusals_folded_total: {
    type: 'counter',
    help: 'Repeated refusals that were counted in a fold, by what they have in common (request, code)',
    labels: ['by'],
  },
  holdfast_folds_open: {
    type: 'gauge',
    help: 'Folds that count repeated refusals',
    labels: [],
  },
  holdfast_fold_overflows_total: {
    type: 'counter',
    help: 'Repeated refusals that were recorded whole, because there were too many (folds, actors)',
    labels: ['reason'],
  },
  holdfast_records_truncated_total: {
    type: 'counter',
    help: 'Records truncated to audit.journal.recordBytesMax or inputBytesMax',
    labels: [],
  },

  // The journal
  holdfast_journal_batch_entries: {
    type: 'histogram',
    help: 'Records that became durable with one write to the disk',
    labels: [],
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
  },
  holdfast_journal_commit_duration_seconds: {
    type: 'histogram',
    help: 'Time to write one batch to the disk, including the flush',
    labels: [],
    buckets: DURATION_BUCKETS,
  },
  holdfast_journal_queue_length: {
    type: 'gauge',
    help: 'Records that wait for the disk',
    labels: [],
  },
  holdfast_journal_bytes: {
    type: 'gauge',
    help: 'Bytes of all segments of the journal',
    labels: [],
  },
  holdfast_journal_segments: {
    type: 'gauge',
    help: 'Segments of the journal, the open one included',
    labels: [],
  },
  holdfast_journal_last_sequence: {
    type: 'gauge',
    help: 'Number of the newest durable record',
    labels: [],
  },
  holdfast_journal_heads_total: {
    type: 'counter',
    help: 'Signed heads of the chain',
    labels: [],
  },
  holdfast_journal_set_aside: {
    type: 'gauge',
    help: 'Damaged databases that were set aside and are still in the folder of the journal',
    labels: [],
  },
  holdfast_journal_entries_lost_total: {
    type: 'counter',
    help: 'Entries that no chain has any more: their segment was damaged, or the disk lost what it had acknowledged (at least 1 each time)',
    labels: [],
  },
  holdfast_journal_segments_removed_total: {
    type: 'counter',
    help: 'Oldest segments that were removed, by reason (age, size, undelivered)',
    labels: ['reason'],
  },
  holdfast_journal_faults_total: {
    type: 'counter',
    help: 'Faults of the journal, by error code',
    labels: ['code'],
  },

  holdfast_journal_page_reads_total: {
    type: 'counter',
    help: 'Pages of the journal that sinks and incidents read, by source (memory, disk)',
    labels: ['source'],
  },

  // The delivery thread
  holdfast_delivery_thread_running: {
    type: 'gauge',
    help: 'Whether the thread that serves sinks and incidents runs: 1, else 0',
    labels: [],
  },
  holdfast_delivery_thread_restarts_total: {
    type: 'counter',
    help: 'Restarts of the delivery thread after a fault',
    labels: [],
  },

  // HTTP
  holdfast_http_rejected_total: {
    type: 'counter',
    help: 'HTTP requests answered with an error before any review was read, by error code',
    labels: ['code'],
  },
  holdfast_http_requests_in_flight: {
    type: 'gauge',
    help: 'Admission requests that are being answered',
    labels: [],
  },
  holdfast_http_connections_dropped_total: {
    type: 'counter',
    help: 'Connections closed because of limits.connectionsMax, or on the ports for health and metrics because of limits.operationsConnectionsMax',
    labels: [],
  },
  holdfast_http_connections: {
    type: 'gauge',
    help: 'Open connections to the webhook',
    labels: [],
  },
  holdfast_http_body_bytes: {
    type: 'gauge',
    help: 'Bytes of bodies that are received or judged',
    labels: [],
  },
  holdfast_http_handshakes_waiting: {
    type: 'gauge',
    help: 'Connections of strangers whose TLS handshake waits for its turn',
    labels: [],
  },
  holdfast_http_reads_waiting: {
    type: 'gauge',
    help: 'Connections of strangers that are not read until their turn',
    labels: [],
  },
  holdfast_http_connections_failed_total: {
    type: 'counter',
    help: 'Connections that ended in an error: failed handshakes (a wrong caBundle), resets',
    labels: [],
  },
  holdfast_event_loop_lag_seconds: {
    type: 'gauge',
    help: 'How late the last timer fired: the delay of every answer',
    labels: [],
  },
  holdfast_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When trust ends, in seconds since the epoch: the first certificate of what is served (certificate="served"), and the registered authority that signed it ("authority")',
    labels: ['certificate'],
  },
  holdfast_certificate_trusted: {
    type: 'gauge',
    help: 'Whether each registered caBundle trusts what this replica serves (certificate="served"; 1) or one does not, so that its calls fail (0); absent while that is unknown',
    labels: ['certificate'],
  },
  holdfast_certificate_rotation_steps_total: {
    type: 'counter',
    help: 'Steps of certificates that Holdfast makes itself, by step (make-authority, trust, make-leaf, distrust) and outcome (done, failed)',
    labels: ['step', 'outcome'],
  },
  holdfast_certificate_rotation_blocked: {
    type: 'gauge',
    help: 'Whether something is in the way of the certificates that Holdfast makes itself (1); the log and /readyz say what',
    labels: [],
  },
  holdfast_certificate_reloads_total: {
    type: 'counter',
    help: 'Changed certificate files by outcome (loaded, failed)',
    labels: ['outcome'],
  },

  ...POLICY_METRICS,

  // Sinks
  holdfast_sink_entries_total: {
    type: 'counter',
    help: 'Records by sink and outcome (delivered, filtered, refused, lost: removed from the journal before delivery)',
    labels: ['sink', 'outcome'],
  },
  holdfast_sink_lag_entries: {
    type: 'gauge',
    help: 'Durable records that the sink has not settled yet',
    labels: ['sink'],
  },
  holdfast_sink_lag_seconds: {
    type: 'gauge',
    help: 'Age of the oldest record that the sink has not settled yet; 0 if there is none',
    labels: ['sink'],
  },
  holdfast_sink_failures_total: {
    type: 'counter',
    help: 'Sends that failed and are retried, by sink',
    labels: ['sink'],
  },
  holdfast_sink_send_duration_seconds: {
    type: 'histogram',
    help: 'Time of one send, with any result',
    labels: ['sink'],
    buckets: DURATION_BUCKETS,
  },
  holdfast_sink_dead_letters: {
    type: 'gauge',
    help: 'Records that the sink refused and that wait for holdfast audit replay',
    labels: ['sink'],
  },
  holdfast_sink_breaker_state: {
    type: 'gauge',
    help: 'Circuit breaker of the sink: 0 closed, 1 half open, 2 open, 3 stopped by the target',
    labels: ['sink'],
  },

  // Incidents
  holdfast_incidents_total: {
    type: 'counter',
    help: 'Attempts and incidents by outcome (opened, joined, folded into a summary, resolved)',
    labels: ['outcome'],
  },
  holdfast_incidents_open: {
    type: 'gauge',
    help: 'Open incidents of this replica',
    labels: [],
  },
  holdfast_alert_events_total: {
    type: 'counter',
    help: 'Messages by target and outcome (accepted, retried, refused, dropped, handed to another replica)',
    labels: ['target', 'outcome'],
  },
  holdfast_alert_accept_duration_seconds: {
    type: 'histogram',
    help: 'Time from the decision to the acceptance of the first message about it',
    labels: ['target'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900],
  },
  holdfast_alert_outbox_entries: {
    type: 'gauge',
    help: 'Messages that wait for their target',
    labels: ['target'],
  },
  holdfast_alert_lag_entries: {
    type: 'gauge',
    help: 'Durable records that incidents have not processed yet',
    labels: [],
  },
  holdfast_alert_leader: {
    type: 'gauge',
    help: 'Whether this replica is the leader: 1, else 0',
    labels: [],
  },

  // The process
  holdfast_configuration_reloads_total: {
    type: 'counter',
    help: 'Changed configuration files by outcome (loaded, failed)',
    labels: ['outcome'],
  },
  holdfast_configuration_restart_settings: {
    type: 'gauge',
    help: 'Changed settings of the configuration file that take effect only after a restart',
    labels: [],
  },
  holdfast_build_info: {
    type: 'gauge',
    help: 'What runs, as the labels say: 1 for the policies that judge now, 0 for those replaced since the start',
    labels: ['version', 'node', 'policy_revision'],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof METRICS;
export type CounterName = NamesOf<'counter'>;
export type GaugeName = NamesOf<'gauge'>;
export type HistogramName = NamesOf<'histogram'>;

type NamesOf<Type extends MetricType> = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends Type ? Name : never;
}[MetricName];

/** Exactly the labels of the metric's row; a wrong or missing one does not compile. */
export type MetricLabels<Name extends MetricName> = Readonly<
  Record<(typeof METRICS)[Name]['labels'][number], string>
>;
