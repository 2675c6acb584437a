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
    reason: 'Twenty Events a second tell enough; the API server has other work',
    overflow: 'The next Event waits; what comes meanwhile for the same object is counted in it',
    metric: 'holdfast_sink_lag_seconds',
  },
} as const satisfies LimitRows;

/** Kubernetes Events, written to the cluster that Holdfast runs in. */
export const kubernetesEventsSinkSchema = sinkSection('kubernetesEvents', {
  eventIntervalMs: limit(KUBERNETES_EVENTS_LIMITS['audit.sinks.eventIntervalMs']),
});

export type KubernetesEventsSinkSettings = TimedSettings<typeof kubernetesEventsSinkSchema>;
