/** The files of a journal's folder: which segments there are, in the order of their entries. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** One line for each segment that retention removed. */
export const REMOVED_FILE = 'removed.jsonl';

const SEGMENT_NAME = /^segment-(?<sequence>\d{16})\.sqlite$/u;

/** A segment as its name describes it; what is inside is checked elsewhere. */
export interface SegmentFile {
  readonly path: string;
  /** Without the folder, for messages. */
  readonly name: string;
  /** The sequence of its first entry. */
  readonly firstSequence: number;
}

/** Every segment of a folder, the oldest first. Rejects where the folder cannot be read. */
export async function listSegmentFiles(folder: string): Promise<readonly SegmentFile[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => {
      const digits = SEGMENT_NAME.exec(name)?.groups?.['sequence'];
      if (digits === undefined) return [];
      return [{ path: join(folder, name), name, firstSequence: Number(digits) }];
    })
    .toSorted((a, b) => a.firstSequence - b.firstSequence);
}

/** The name of the segment that begins with an entry. */
export function segmentName(firstSequence: number): string {
  return `segment-${String(firstSequence).padStart(16, '0')}.sqlite`;
}
