/** Decides which segments to remove: whole segments, the oldest first, and never the open one. */
import type { WallMs } from '../../base/clock.ts';

/** The properties of a sealed segment that decide its removal. */
export interface SealedSegment {
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** When its newest entry was recorded. */
  readonly lastTimeMs: number;
  readonly bytes: number;
}

export interface RetentionInput {
  /** Oldest first. */
  readonly sealed: readonly SealedSegment[];
  readonly openBytes: number;
  readonly nowMs: WallMs;
  readonly retentionMs: number;
  readonly journalBytesMax: number;
  /** The oldest entry that a sink has not delivered yet. */
  readonly keepFrom: number;
}

/** Why a segment is removed. `undelivered`: a sink still needed it, but the size limit was reached. */
export type RemovalReason = 'age' | 'size' | 'undelivered';

export interface PlannedRemoval {
  readonly segment: SealedSegment;
  readonly reason: RemovalReason;
}

/** The segments to remove now, in order. */
export function planRetention(question: RetentionInput): readonly PlannedRemoval[] {
  const { sealed, openBytes, journalBytesMax, keepFrom } = question;
  const removals: PlannedRemoval[] = [];
  let bytes = sealed.reduce((sum, segment) => sum + segment.bytes, openBytes);
  for (const segment of sealed) {
    const isTooMuch = bytes > journalBytesMax;
    const isDelivered = segment.lastSequence < keepFrom;
    // Segments are removed from the beginning only: a gap in the middle would look like tampering.
    if (!isTooMuch && !(isDelivered && isOld(segment, question))) break;
    removals.push({ segment, reason: reasonOf(isTooMuch, isDelivered) });
    bytes -= segment.bytes;
  }
  return removals;
}

function isOld({ lastTimeMs }: SealedSegment, { nowMs, retentionMs }: RetentionInput): boolean {
  return lastTimeMs < nowMs - retentionMs;
}

function reasonOf(isTooMuch: boolean, isDelivered: boolean): RemovalReason {
  if (!isTooMuch) return 'age';
  return isDelivered ? 'size' : 'undelivered';
}
