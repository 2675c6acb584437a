/** The note that a sink receives in place of entries that were removed from the journal before delivery. */
import { createHash } from 'node:crypto';
import type { WallMs } from '../base/clock.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import { makeEntry } from '../audit/entry-json.ts';
import type { JournalEntry } from '../audit/journal.ts';
import { GONE_ENTRIES, UNASKED } from '../audit/unasked-record.ts';

/** The code that distinguishes the note from a decision. */
export const GAP_CODE = 'delivery_gap';

export interface Gap {
  readonly sink: string;
  readonly cluster: string;
  readonly replica: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly nowMs: WallMs;
}

/** An entry with the number of the last lost one. The same gap always has the same hash, for deduplication. */
export function makeGapEntry(gap: Gap): JournalEntry {
  const { sink, cluster, replica, firstSequence, lastSequence } = gap;
  const hash = createHash('sha256')
    .update(`holdfast-gap/1\n${cluster}\n${replica}\n${sink}\n${firstSequence}\n${lastSequence}`)
    .digest('hex');
  return makeEntry(lastSequence, hash, makeGapRecord(gap, hash));
}

function makeGapRecord(gap: Gap, hash: string): AuditRecord {
  const { sink, cluster, replica, firstSequence, lastSequence, nowMs } = gap;
  return {
    ...UNASKED,
    decisionId: `gap-${hash.slice(0, 16)}`,
    time: new Date(nowMs).toISOString(),
    cluster,
    replica,
    operation: 'DELETE',
    object: { ...GONE_ENTRIES, name: sink },
    code: GAP_CODE,
    message: `The entries ${firstSequence} to ${lastSequence} are gone from the journal before the sink "${sink}" had them`,
    policyRevision: '',
    configurationHash: '',
  };
}
