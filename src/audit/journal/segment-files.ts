/**
 * The files of a journal's folder: segments in the order of their entries, and damaged files that were set
 * aside.
 */
import { existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { WallMs } from '../../base/clock.ts';

/** The database of the journal's state, made before the first segment. */
export const STATE_FILE = 'state.sqlite';

/** One line for each segment that retention removed. */
export const REMOVED_FILE = 'removed.jsonl';

/** A segment by its file name; its content is checked elsewhere. */
export interface SegmentFile {
  readonly path: string;
  /** Without the folder, for messages. */
  readonly name: string;
  /** The sequence of its first entry. */
  readonly firstSequence: number;
}

const DIGITS = 16;
const SEGMENT_NAME = /^segment-(?<sequence>\d{16})\.sqlite$/u;
const SET_ASIDE = /^broken-.*\.sqlite$/u;
const SET_ASIDE_SEGMENT = /^broken-(?:.*-)?segment-(?<sequence>\d{16})\.sqlite$/u;
/** The files that SQLite keeps beside a database. */
const COMPANIONS = ['-wal', '-shm', '-journal'] as const;

/** The name of the segment that begins with an entry. */
export function segmentName(firstSequence: number): string {
  return `segment-${String(firstSequence).padStart(DIGITS, '0')}.sqlite`;
}

/** The path of the segment that begins with a sequence. */
export function segmentPath(folder: string, firstSequence: number): string {
  return join(folder, segmentName(firstSequence));
}

/** Every segment of a folder, the oldest first. Rejects if the folder cannot be read. */
export async function listSegmentFiles(folder: string): Promise<readonly SegmentFile[]> {
  return toSegmentFiles(folder, await readdir(folder));
}

/** Synchronous, for the threads of the journal, which may block. */
export function listSegments(folder: string): readonly SegmentFile[] {
  return toSegmentFiles(folder, readdirSync(folder));
}

/** Whether a journal was ever written to the folder. Throws if the folder cannot be read. */
export function holdsJournal(folder: string): boolean {
  return readdirSync(folder).some(
    (name) =>
      name === STATE_FILE ||
      name === REMOVED_FILE ||
      SEGMENT_NAME.test(name) ||
      SET_ASIDE.test(name),
  );
}

function toSegmentFiles(
  folder: string,
  names: readonly string[],
  pattern = SEGMENT_NAME,
): readonly SegmentFile[] {
  return names
    .flatMap((name) => {
      const digits = pattern.exec(name)?.groups?.['sequence'];
      if (digits === undefined) return [];
      return [{ path: join(folder, name), name, firstSequence: Number(digits) }];
    })
    .toSorted((a, b) => a.firstSequence - b.firstSequence);
}

/** Damaged databases that were set aside and still exist. */
export function listSetAside(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => SET_ASIDE.test(name));
}

/** Segments that were set aside, with the sequence of their first entry, by their names. */
export function listSetAsideSegments(folder: string): readonly SegmentFile[] {
  return toSegmentFiles(folder, readdirSync(folder), SET_ASIDE_SEGMENT);
}

/** The size of a database in bytes, including the files that SQLite keeps beside it. */
export function databaseBytes(path: string): number {
  return ['', ...COMPANIONS].reduce(
    (sum, ending) => sum + (statSync(path + ending, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** Renames a damaged database, so that it is neither changed nor lost; returns the new name. */
export function setAside(folder: string, path: string, nowMs: WallMs): string {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[:.]/gu, '-');
  const name = `broken-${stamp}-${path.slice(folder.length + 1)}`;
  for (const ending of ['', ...COMPANIONS]) {
    if (existsSync(path + ending)) renameSync(path + ending, join(folder, name) + ending);
  }
  return name;
}
