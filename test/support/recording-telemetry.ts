/** Metrics and a logger that remember, for tests that ask what was counted and said. */
import type { Logger } from '../../src/telemetry/logger.ts';
import type { Metrics, MetricsExposition, MetricsIntake } from '../../src/telemetry/metrics.ts';
import { createMetrics, type MetricsOptions } from '../../src/telemetry/prometheus-metrics.ts';

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface RecordingTelemetry {
  readonly metrics: Metrics & MetricsExposition & MetricsIntake;
  readonly logger: Logger;
  readonly entries: readonly LogEntry[];
  /** The lines of the exposition that begin with a name. */
  readonly exposed: (prefix: string) => Promise<readonly string[]>;
}

/** The real metrics, and a logger whose entries can be read. */
export function recordTelemetry(options: MetricsOptions = {}): RecordingTelemetry {
  const metrics = createMetrics(options);
  const entries: LogEntry[] = [];
  return {
    metrics,
    entries,
    logger: recordingLogger(entries),
    exposed: async (prefix) => {
      const lines = (await metrics.text()).split('\n');
      return lines.filter((line) => line.startsWith(prefix));
    },
  };
}

function recordingLogger(entries: LogEntry[]): Logger {
  const write =
    (level: LogEntry['level']): Logger['info'] =>
    (message, fields = {}) => {
      entries.push({ level, message, fields });
    };
  const logger: Logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    batch: (level, message, fields) => {
      write(level)(message, fields);
      return Promise.resolve();
    },
    child: () => logger,
    setLevel: () => {},
  };
  return logger;
}
