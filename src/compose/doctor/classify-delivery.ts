/** Whether what is recorded arrives: at sinks and at alert targets, as the pods themselves measure it. */
import { printable } from '../../base/printable.ts';
import type { Finding } from './finding.ts';
import { parseMetricsText } from './parse-metrics-text.ts';

export interface PodReport {
  readonly name: string;
  readonly namespace: string;
  /** The page of metrics. */
  readonly metrics: string;
  /** The page of /readyz. */
  readonly readiness: string;
}

/** A sink that keeps up settles a record within seconds. */
const LAG_SECONDS_MAX = 60;
/** holdfast_sink_breaker_state: open, or stopped by the target. */
const BREAKER_OPEN = 2;

interface Gauge {
  readonly name: string;
  readonly label?: string;
  readonly isFault: (value: number) => boolean;
  readonly code: string;
  readonly say: (what: string, value: number) => string;
  readonly remedy: string;
}

const GAUGES: readonly Gauge[] = [
  {
    name: 'holdfast_sink_breaker_state',
    label: 'sink',
    isFault: (value) => value >= BREAKER_OPEN,
    code: 'sink_unreachable',
    say: (sink) => `The sink "${sink}" does not take records`,
    remedy: 'Look at its target, its credential and the network policy; the log names the answer',
  },
  {
    name: 'holdfast_sink_lag_seconds',
    label: 'sink',
    isFault: (value) => value > LAG_SECONDS_MAX,
    code: 'sink_behind',
    say: (sink, value) => `The sink "${sink}" is ${String(Math.round(value))} s behind`,
    remedy: 'Look at its target: it is slow or away; nothing is lost while the journal has room',
  },
  {
    name: 'holdfast_sink_dead_letters',
    label: 'sink',
    isFault: (value) => value > 0,
    code: 'sink_dead_letters',
    say: (sink, value) => `The sink "${sink}" refused ${String(value)} records`,
    remedy: 'holdfast audit replay SINK --list shows why; without --list it sends them again',
  },
  {
    name: 'holdfast_alert_outbox_entries',
    label: 'target',
    isFault: (value) => value > 0,
    code: 'alerts_waiting',
    say: (target, value) => `${String(value)} messages wait for the alert target "${target}"`,
    remedy: 'holdfast alert test --target NAME says what the target answers',
  },
  {
    name: 'holdfast_journal_faults_total',
    isFault: (value) => value > 0,
    code: 'journal_faults',
    say: (_what, value) => `The journal had ${String(value)} faults since the pod started`,
    remedy: 'holdfast audit verify, and the log, say which',
  },
];

/** Findings about each pod; `ok` where nothing waits. */
export function classifyDelivery(pods: readonly PodReport[]): readonly Finding[] {
  if (pods.length === 0) return [];
  const findings = pods.flatMap((pod) => [...classifyReadiness(pod), ...classifyMetrics(pod)]);
  if (findings.length > 0) return findings;
  const message = `Nothing waits for a sink or an alert target on ${pods.map(({ name }) => name).join(', ')}`;
  return [{ code: 'delivered', status: 'ok', message }];
}

function classifyReadiness({ name, namespace, readiness }: PodReport): readonly Finding[] {
  return readiness
    .split('\n')
    .filter((line) => line.startsWith('[-]') || line.startsWith('[!]'))
    .map((line) => ({
      code: line.startsWith('[-]') ? 'pod_unready' : 'pod_needs_somebody',
      status: line.startsWith('[-]') ? 'failed' : 'warning',
      message: `${name} says: ${printable(line.slice('[-]'.length))}`,
      remedy: `kubectl -n ${namespace} logs ${name} shows what happened before`,
    }));
}

function classifyMetrics({ name: pod, metrics }: PodReport): readonly Finding[] {
  const samples = parseMetricsText(metrics);
  return GAUGES.flatMap((gauge) =>
    samples
      .filter(({ name, value }) => name === gauge.name && gauge.isFault(value))
      .map(({ labels, value }): Finding => ({
        code: gauge.code,
        status: 'warning',
        message: `${gauge.say(printable(labels[gauge.label ?? ''] ?? ''), value)}, says ${pod}`,
        remedy: gauge.remedy,
      })),
  );
}
