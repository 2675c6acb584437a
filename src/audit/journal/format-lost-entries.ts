/** Formats the record of entries that the journal has lost: the first entry of the chain that begins after them. */
import type { WallMs } from '../../base/clock.ts';
import { ENTRIES_LOST_CODE, type AuditRecord } from '../audit-record.ts';
import { GONE_ENTRIES, UNASKED } from '../unasked-record.ts';
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

/** The record of these losses. */
export function formatLostEntries(
  lost: readonly LostEntries[],
  { chain, cluster, replica, nowMs }: LostOrigin,
): AuditRecord {
  return {
    ...UNASKED,
    decisionId: `lost-${chain}`,
    finding: true,
    time: new Date(nowMs).toISOString(),
    cluster,
    replica,
    operation: 'DELETE',
    object: { ...GONE_ENTRIES, name: replica },
    code: ENTRIES_LOST_CODE,
    message: lost.slice(0, LISTED_MAX).map(formatLoss).join('\n'),
    policyRevision: '',
    configurationHash: '',
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
