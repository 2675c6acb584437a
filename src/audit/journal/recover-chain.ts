/** Finds where the chain of a folder continues. Damaged segments are set aside, never written to. */
import { statSync } from 'node:fs';
import type { WallMs } from '../../base/clock.ts';
import { checkSegment, readNewerFormat, type SegmentState } from './check-segment.ts';
import type { Damage, LostEntries } from './journal-messages.ts';
import { refuseNewerSegment } from './journal-version.ts';
import type { SealedSegment } from './plan-retention.ts';
import { beginChain, isFinished, removeSegment, type ChainPosition } from './segment.ts';
import {
  databaseBytes,
  listSegments,
  listSetAsideSegments,
  setAside,
  type SegmentFile,
} from './segment-files.ts';

export interface RecoveredChain {
  readonly position: ChainPosition;
  /** The segment to continue; absent if a new one must be created. */
  readonly open?: OpenSegmentFile;
  readonly sealed: readonly SealedFile[];
  readonly lastHeadSequence: number;
  readonly newestTimeMs: number;
  readonly damages: readonly Damage[];
  /** Not empty only where a new chain begins. */
  readonly lost: readonly LostEntries[];
}

/** The segment that entries are appended to, and its file. */
export interface OpenSegmentFile {
  readonly path: string;
  readonly firstSequence: number;
  readonly createdAtMs: number;
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
  /** The newest entry that this process has acknowledged; 0 if there is none. */
  readonly acknowledged: number;
}

/** More than a segment of the usual size can contain, so that no sequence is ever reused in a folder. */
const SKIPPED_AFTER_DAMAGE = 1_000_000;
/** The indexes alone take more for each entry: larger segments have more entries. */
const ENTRY_BYTES_MIN = 200;

/**
 * Continues an intact open segment; sets a damaged one aside and begins a new chain. Throws if the newest segment could
 * not be read: what was changed until then, the next call finds again; and `journal_version_newer` for the segment of a
 * newer version, before anything is changed.
 */
export function recoverChain(folder: string, options: RecoverOptions): RecoveredChain {
  const files = [...listSegments(folder)];
  refuseNewerSegments(files);
  const { newest, damages } = setDamagedAside(folder, files, options.nowMs);
  const sealed = describeSealed(files, newest?.file);
  const lost = findLost(folder, newest, { ...options, damages });
  const found = {
    lost: lost.map(({ usedMax: _usedMax, ...entries }) => entries),
    damages: damages.map(({ file, reason }) => ({ file, reason })),
    lastHeadSequence: newest?.state.lastHeadSequence ?? 0,
    newestTimeMs: newest?.state.lastTimeMs ?? 0,
  };
  if (newest === undefined || lost.length > 0) {
    const ended = newest === undefined ? [] : [describe(newest.file, newest.state)];
    const position = passLost(newest, lost, options);
    return { position, sealed: [...sealed, ...ended], ...found, lastHeadSequence: 0 };
  }
  const { file, state } = newest;
  const { position, createdAtMs } = state;
  if (state.sealed) return { position, sealed: [...sealed, describe(file, state)], ...found };
  const { path, firstSequence } = file;
  return { position, open: { path, firstSequence, createdAtMs }, sealed, ...found };
}

/** All before the first is set aside: a newer version may have continued a chain whose end is damaged. */
function refuseNewerSegments(files: readonly SegmentFile[]): void {
  for (const { path } of files) {
    const format = readNewerFormat(path);
    if (format !== undefined) throw refuseNewerSegment(path, format);
  }
}

type SoundState = Extract<SegmentState, { status: 'sound' }>;

interface Newest<State extends SegmentState = SoundState> {
  readonly file: SegmentFile;
  readonly state: State;
}

/** A segment that was just set aside. */
interface DamagedSegment extends Damage {
  readonly lastSequence: number;
}

function setDamagedAside(
  folder: string,
  files: SegmentFile[],
  nowMs: WallMs,
): { readonly newest: Newest | undefined; readonly damages: readonly DamagedSegment[] } {
  const damages: DamagedSegment[] = [];
  for (let found = takeNewest(files); found !== undefined; found = takeNewest(files)) {
    const { file, state } = found;
    if (state.status === 'sound') return { newest: { file, state }, damages };
    const { reason, lastSequence } = state;
    damages.push({ file: setAside(folder, file.path, nowMs), reason, lastSequence });
  }
  return { newest: undefined, damages };
}

/** What is gone, and the largest sequence that may have been used for it. */
interface Loss extends LostEntries {
  readonly usedMax: number;
}

/**
 * Segments that were set aside and that no other one follows, by their names: a process that ends before it has begun
 * the new chain leaves them to the next one. Otherwise, acknowledged entries that the disk does not have.
 */
function findLost(
  folder: string,
  newest: Newest | undefined,
  { damages, acknowledged }: RecoverOptions & { readonly damages: readonly DamagedSegment[] },
): readonly Loss[] {
  const first = newest?.file.firstSequence ?? 0;
  const aside = listSetAsideSegments(folder).filter(({ firstSequence }) => firstSequence > first);
  if (aside.length > 0) {
    return aside.map((file) => {
      const damage = damages.find((one) => one.file === file.name);
      return describeLoss(file, damage, acknowledged);
    });
  }
  const last = newest?.state.position.lastSequence ?? 0;
  if (last >= acknowledged) return [];
  const reason = 'they were acknowledged and are not on the disk';
  return [{ firstSequence: last + 1, lastSequence: acknowledged, reason, usedMax: acknowledged }];
}

function describeLoss(
  { name, path, firstSequence }: SegmentFile,
  damage: DamagedSegment | undefined,
  acknowledged: number,
): Loss {
  const entriesMax = SKIPPED_AFTER_DAMAGE + Math.floor(databaseBytes(path) / ENTRY_BYTES_MIN);
  const usedMax = firstSequence + entriesMax;
  // A damaged file may claim any number.
  const claimed = damage === undefined || damage.lastSequence > usedMax ? 0 : damage.lastSequence;
  const lastSequence = Math.max(claimed, acknowledged);
  const reason = damage?.reason ?? 'it was set aside before';
  return {
    file: name,
    firstSequence,
    ...(lastSequence >= firstSequence && { lastSequence }),
    reason,
    usedMax,
  };
}

function passLost(
  newest: Newest | undefined,
  lost: readonly Loss[],
  { acknowledged, nextChain }: RecoverOptions,
): ChainPosition {
  const last = newest?.state.position.lastSequence ?? 0;
  return beginChain(
    nextChain(),
    Math.max(last, acknowledged, ...lost.map(({ usedMax }) => usedMax)),
  );
}

/** The newest segment with content; incomplete ones are removed. */
function takeNewest(
  files: SegmentFile[],
): Newest<Exclude<SegmentState, { status: 'unmade' }>> | undefined {
  for (let file = files.pop(); file !== undefined; file = files.pop()) {
    const state = checkSegment(file.path, { thorough: true });
    if (state.status !== 'unmade') return { file, state };
    removeSegment(file.path);
  }
  return undefined;
}

function describeSealed(
  files: readonly SegmentFile[],
  newest: SegmentFile | undefined,
): readonly SealedFile[] {
  return files.map((file, index) => {
    const state = readSealed(file);
    if (state?.status === 'sound') return describe(file, state);
    // A segment that was damaged after it was sealed, or cannot be read now, is still evidence: retention keeps it, and
    // `audit verify` reports it. Nothing is appended to it, so the names and the file's time say enough.
    const { mtimeMs } = statSync(file.path);
    const next = files[index + 1] ?? newest ?? { firstSequence: file.firstSequence + 1 };
    const lastSequence = next.firstSequence - 1;
    const bytes = databaseBytes(file.path);
    const { path, firstSequence } = file;
    // What is damaged is left as it is. What cannot be read now may have been left unfinished: readers wait until that is done.
    const finished = state !== undefined || isFinished(path);
    return { path, firstSequence, lastSequence, lastTimeMs: mtimeMs, bytes, finished };
  });
}

function readSealed({ path }: SegmentFile): SegmentState | undefined {
  try {
    return checkSegment(path, { thorough: false });
  } catch {
    return undefined;
  }
}

function describe(
  { path, firstSequence }: SegmentFile,
  { position, lastTimeMs }: SoundState,
): SealedFile {
  const { lastSequence } = position;
  const bytes = databaseBytes(path);
  return { path, firstSequence, lastSequence, lastTimeMs, bytes, finished: isFinished(path) };
}
