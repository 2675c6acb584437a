/** Finds where the chain of a folder continues. Damaged segments are set aside, never written to. */
import { statSync } from 'node:fs';
import type { WallMs } from '../../base/clock.ts';
import { checkSegment, type SegmentState } from './check-segment.ts';
import type { Damage } from './journal-messages.ts';
import type { SealedSegment } from './plan-retention.ts';
import { beginChain, isFinished, removeSegment, type ChainPosition } from './segment.ts';
import { databaseBytes, listSegments, setAside, type SegmentFile } from './segment-files.ts';

export interface RecoveredChain {
  readonly position: ChainPosition;
  /** The segment to continue; absent if a new one must be created. */
  readonly open?: {
    readonly path: string;
    readonly firstSequence: number;
    readonly createdAtMs: number;
  };
  readonly sealed: readonly SealedFile[];
  readonly lastHeadSequence: number;
  readonly newestTimeMs: number;
  readonly damages: readonly Damage[];
}

/** A sealed segment and its file. */
export interface SealedFile extends SealedSegment {
  readonly path: string;
  /** Whether it is already one plain file. */
  readonly finished: boolean;
}

export interface RecoverOptions {
  readonly nowMs: WallMs;
  /** Names a new chain. */
  readonly nextChain: () => string;
}

/** More than the open segment of a damaged chain can contain, so that no sequence is ever reused in a folder. */
const SKIPPED_AFTER_DAMAGE = 1_000_000;

/** Continues an intact open segment; sets a damaged one aside and begins a new chain. */
export function recoverChain(folder: string, options: RecoverOptions): RecoveredChain {
  const files = [...listSegments(folder)];
  const damages: Damage[] = [];
  let newest = takeNewest(files);
  let lastUsed = 0;
  while (newest?.state.status === 'damaged') {
    const { path, firstSequence } = newest.file;
    lastUsed = Math.max(lastUsed, firstSequence, newest.state.lastSequence) + SKIPPED_AFTER_DAMAGE;
    damages.push({ file: setAside(folder, path, options.nowMs), reason: newest.state.reason });
    newest = takeNewest(files);
  }
  const sealed = describeSealed(files);
  const state = newest?.state.status === 'sound' ? newest.state : undefined;
  if (newest === undefined || state === undefined) {
    const position = beginChain(options.nextChain(), lastUsed);
    return { position, sealed, lastHeadSequence: 0, newestTimeMs: 0, damages };
  }
  const found = {
    lastHeadSequence: state.lastHeadSequence,
    newestTimeMs: state.lastTimeMs,
    damages,
  };
  const { path, firstSequence } = newest.file;
  if (state.sealed) {
    const position =
      damages.length === 0
        ? state.position
        : beginChain(options.nextChain(), Math.max(lastUsed, state.position.lastSequence));
    return { position, sealed: [...sealed, describe(newest.file, state)], ...found };
  }
  const open = { path, firstSequence, createdAtMs: state.createdAtMs };
  return { position: state.position, open, sealed, ...found };
}

interface Newest {
  readonly file: SegmentFile;
  readonly state: SegmentState;
}

/** The newest segment with content; incomplete ones are removed. */
function takeNewest(files: SegmentFile[]): Newest | undefined {
  for (let file = files.pop(); file !== undefined; file = files.pop()) {
    const state = checkSegment(file.path, { thorough: true });
    if (state.status !== 'unmade') return { file, state };
    removeSegment(file.path);
  }
  return undefined;
}

function describeSealed(files: readonly SegmentFile[]): readonly SealedFile[] {
  return files.map((file, index) => {
    const state = checkSegment(file.path, { thorough: false });
    if (state.status === 'sound') return describe(file, state);
    // A segment that was damaged after it was sealed is still evidence: retention keeps it, and `audit verify` reports it.
    const { mtimeMs } = statSync(file.path);
    const lastSequence = (files[index + 1]?.firstSequence ?? file.firstSequence + 1) - 1;
    const bytes = databaseBytes(file.path);
    const { path, firstSequence } = file;
    return { path, firstSequence, lastSequence, lastTimeMs: mtimeMs, bytes, finished: true };
  });
}

function describe(
  { path, firstSequence }: SegmentFile,
  { position, lastTimeMs }: Extract<SegmentState, { status: 'sound' }>,
): SealedFile {
  const { lastSequence } = position;
  const bytes = databaseBytes(path);
  return { path, firstSequence, lastSequence, lastTimeMs, bytes, finished: isFinished(path) };
}
