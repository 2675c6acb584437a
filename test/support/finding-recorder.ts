/** What reporters of findings are given, with a recorder of the test. */
import type { AuditRecord } from '../../src/audit/audit-record.ts';
import type { FindingReporterOptions } from '../../src/compose/record-finding.ts';
import { recordTelemetry } from './recording-telemetry.ts';
import { clockOf } from './simulated-time.ts';

export function findingRecorder(record: (record: AuditRecord) => Promise<object>) {
  const { logger, entries } = recordTelemetry();
  const options: FindingReporterOptions = {
    recorder: { record },
    logger,
    clock: clockOf(() => Date.UTC(2026, 0, 5, 8)),
    nextId: () => 'D1',
    replica: 'holdfast-0',
    inForce: () => ({ cluster: 'prod', policyRevision: 'p', configurationHash: 'h' }),
  };
  return { options, entries };
}
