/** Settings of sinks of the type `kubernetesEvents`. */
import { sinkSection, type TimedSettings } from '../../delivery/settings.ts';
import { MINUTE, limit, type LimitRows } from '../../settings/limit.ts';

/** Rows of the table of limits. */
export const KUBERNETES_EVENTS_LIMITS = {
  'audit.sinks.eventIntervalMs': {
    default: 50,
    minimum: 0,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'Twenty Events per second are enough; more would load the API server',
    overflow:
      'The next Event waits; records of the same object that arrive meanwhile are counted in it',
    metric: 'holdfast_sink_lag_seconds',
  },
} as const satisfies LimitRows;

/** Kubernetes Events, written to the cluster that Holdfast runs in. */
export const kubernetesEventsSinkSchema = sinkSection('kubernetesEvents', {
  eventIntervalMs: limit(KUBERNETES_EVENTS_LIMITS['audit.sinks.eventIntervalMs']),
});

export type KubernetesEventsSinkSettings = TimedSettings<typeof kubernetesEventsSinkSchema>;
