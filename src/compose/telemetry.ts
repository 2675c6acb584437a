/** The logger and the metrics of a process. */
import type { Configuration } from '../config/schema.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, MetricsExposition, MetricsIntake } from '../telemetry/metrics.ts';
import { createLogger } from '../telemetry/pino-logger.ts';
import { createMetrics } from '../telemetry/prometheus-metrics.ts';

/** Creates both from the configuration. */
export function createTelemetry({
  log,
  traces,
}: Pick<Configuration, 'log'> & Partial<Pick<Configuration, 'traces'>>): {
  readonly logger: Logger;
  readonly metrics: Metrics & MetricsExposition & MetricsIntake;
} {
  return { logger: createLogger(log), metrics: createMetrics({ exemplars: traces !== undefined }) };
}
