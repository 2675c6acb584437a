/** Follows the file that has the audit log, from where the last process has stopped. */
import { systemWait } from '../base/wait.ts';
import { AuditFile } from '../drift/intake/audit-file.ts';
import type { AuditIntake } from '../drift/intake/audit-intake.ts';
import { keepPosition, readKeptPosition } from '../drift/intake/kept-position.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { IntakeConfiguration } from './intake-messages.ts';

export interface AuditFileDependencies {
  readonly audit: AuditIntake | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** `undefined` where no file is configured. */
export async function followAuditFile(
  { intake, audit: { journal } }: Pick<IntakeConfiguration, 'intake' | 'audit'>,
  { audit, logger, metrics }: AuditFileDependencies,
): Promise<AuditFile | undefined> {
  const file = intake?.audit?.file;
  if (file === undefined || audit === undefined || journal === undefined) return undefined;
  const kept = { folder: journal.folder, path: file.path };
  return new AuditFile({
    ...file,
    intake: audit,
    position: await readKeptPosition(kept),
    savePosition: (position) => keepPosition(kept, position),
    wait: systemWait,
    logger,
    metrics,
  });
}
