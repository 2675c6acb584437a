/** Keeps records as log lines: the log is the evidence until a journal is configured. */
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { AuditRecord } from './audit-record.ts';
import type { Recorded } from './journal.ts';

export interface LogRecorderOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Writes each record as one line; denials at level warn, so that they are logged even without level info. */
export function createLogRecorder({ logger, metrics }: LogRecorderOptions): {
  readonly record: (record: AuditRecord) => Promise<Recorded>;
} {
  return {
    record: async (record) => {
      await logger.batch(record.allowed ? 'info' : 'warn', 'Decision', { record });
      metrics.increment('holdfast_records_total', { outcome: 'written' });
      return {};
    },
  };
}
