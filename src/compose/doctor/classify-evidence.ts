/** Whether decisions are kept, and whether somebody is told. */
import type { Configuration } from '../../config/schema.ts';
import { MIB } from '../../settings/limit.ts';
import type { Finding } from './finding.ts';

export interface EvidenceFacts {
  readonly audit: Pick<Configuration['audit'], 'journal' | 'sinks' | 'recordFailure'>;
  readonly alerts: Pick<Configuration['alerts'], 'targets'>;
  /** The free bytes where the journal is; absent where that is not on this machine. */
  readonly freeBytes?: number | undefined;
}

/** Findings about the journal, its room, sinks and alert targets. */
export function classifyEvidence({ audit, alerts, freeBytes }: EvidenceFacts): readonly Finding[] {
  const { journal } = audit;
  if (journal === undefined) {
    return [
      {
        code: 'journal_absent',
        status: 'warning',
        message: 'Decisions are log lines only: nobody can prove them, and no sink or alert is fed',
        remedy: 'Set audit.journal to a folder that outlives the process',
      },
    ];
  }
  return [classifyRoom(journal, freeBytes), ...classifyReceivers({ audit, alerts })];
}

function classifyRoom(
  journal: NonNullable<EvidenceFacts['audit']['journal']>,
  freeBytes: number | undefined,
): Finding {
  const { folder, journalBytesMax } = journal;
  if (freeBytes === undefined) {
    const message = `The folder of the journal, "${folder}", is not on this machine: its room is not known`;
    const remedy = 'Run it where the journal is: inside the pod';
    return { code: 'journal_elsewhere', status: 'unknown', message, remedy };
  }
  const free = `${String(Math.floor(freeBytes / MIB))} MiB free`;
  if (freeBytes >= journalBytesMax) {
    return { code: 'journal_has_room', status: 'ok', message: `The journal has room: ${free}` };
  }
  return {
    code: 'journal_room_short',
    status: 'warning',
    message: `The journal may grow to ${String(Math.floor(journalBytesMax / MIB))} MiB (audit.journal.journalBytesMax), with ${free}: a full disk stops recording, and with it every change`,
    remedy: 'Give it a larger volume, or lower audit.journal.journalBytesMax',
  };
}

function* classifyReceivers({ audit, alerts }: EvidenceFacts): Iterable<Finding> {
  if (audit.sinks.length === 0) {
    yield {
      code: 'no_sink',
      status: 'warning',
      message: 'Records stay on the replica: whoever controls its disk controls the evidence',
      remedy: 'Add a sink to audit.sinks',
    };
  }
  if (alerts.targets.length > 0) return;
  yield {
    code: 'no_alert_target',
    status: 'warning',
    message: 'Nobody is told of incidents: alerts.targets is empty',
    remedy: 'Add a target, and try it with holdfast alert test',
  };
}
