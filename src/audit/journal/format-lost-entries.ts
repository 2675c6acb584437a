/** Formats the record of entries that the journal has lost: the first entry of the chain that begins after them. */
import type { WallMs } from '../../base/clock.ts';
import { ENTRIES_LOST_CODE, type AuditRecord } from '../audit-record.ts';
import type { LostEntries } from './journal-messages.ts';

/** What the record says about the journal. */
export interface LostOrigin {
  /** The chain that begins. */
  readonly chain: string;
  readonly cluster: string;
  readonly replica: string;
  readonly nowMs: WallMs;
}

/** A message must not grow with the number of damaged files. */
const LISTED_MAX = 10;

/** Nobody has asked for anything, so nothing is refused: sinks and queries find it by its code. */
export function formatLostEntries(
  lost: readonly LostEntries[],
  { chain, cluster, replica, nowMs }: LostOrigin,
): AuditRecord {
  return {
    schemaVersion: 1,
    decisionId: `lost-${chain}`,
    finding: true,
    time: new Date(nowMs).toISOString(),
    cluster,
    replica,
    route: 'validate',
    requestUid: '',
    operation: 'DELETE',
    dryRun: false,
    user: { username: 'holdfast', groups: [], extra: {} },
    object: {
      group: 'holdfast.dev',
      version: 'v1',
      resource: 'journalentries',
      subresource: '',
      kind: 'JournalEntry',
      namespace: '',
      name: replica,
    },
    allowed: true,
    code: ENTRIES_LOST_CODE,
    message: lost.slice(0, LISTED_MAX).map(formatLoss).join('\n'),
    policies: [],
    policyRevision: '',
    configurationHash: '',
    durationMs: 0,
  };
}

function formatLoss({ firstSequence, lastSequence, file, reason }: LostEntries): string {
  const entries =
    lastSequence === undefined
      ? `Entries from ${firstSequence} on`
      : `The entries ${firstSequence} to ${lastSequence}`;
  const where = file === undefined ? '' : `; their segment was set aside as ${file}`;
  return `${entries} of the journal are lost (${reason})${where}`;
}
