/** The files of a journal's folder. */
import { readdirSync, renameSync, statSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WallMs } from '../../base/clock.ts';

export interface SegmentFile {
  readonly path: string;
  readonly firstSequence: number;
}

const DIGITS = 16;
const NAME = /^segment-(\d{16})\.sqlite$/u;
const SET_ASIDE = /^broken-.*\.sqlite$/u;
/** What SQLite keeps beside a database. */
const COMPANIONS = ['-wal', '-shm', '-journal'] as const;

/** The path of the segment that begins with a sequence. */
export function segmentPath(folder: string, firstSequence: number): string {
  return join(folder, `segment-${String(firstSequence).padStart(DIGITS, '0')}.sqlite`);
}

/** Every segment of a folder, oldest first. */
export function listSegments(folder: string): readonly SegmentFile[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const digits = NAME.exec(name)?.[1];
      return digits === undefined
        ? []
        : [{ path: join(folder, name), firstSequence: Number(digits) }];
    })
    .toSorted((a, b) => a.firstSequence - b.firstSequence);
}

/** Databases that were found damaged and put away, and are still there. */
export function listSetAside(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => SET_ASIDE.test(name));
}

/** Bytes of a database with what SQLite keeps beside it. */
export function databaseBytes(path: string): number {
  return ['', ...COMPANIONS].reduce(
    (sum, ending) => sum + (statSync(path + ending, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** Renames a damaged database so that nothing is added to it and nothing of it is lost; returns the new name. */
export function setAside(folder: string, path: string, nowMs: WallMs): string {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[:.]/gu, '-');
  const name = `broken-${stamp}-${path.slice(folder.length + 1)}`;
  for (const ending of ['', ...COMPANIONS]) {
    if (existsSync(path + ending)) renameSync(path + ending, join(folder, name) + ending);
  }
  return name;
}
