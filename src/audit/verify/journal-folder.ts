/** Opens the folder of a journal for verification, one segment at a time. */
import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readBounded } from '../../base/read-bounded.ts';
import { describeFault, openSegment, type SegmentReader } from '../journal/open-segment.ts';
import { listSegmentFiles, REMOVED_FILE, type SegmentFile } from '../journal/segment-files.ts';
import { checkIndex } from './check-index.ts';
import { parseRemoved, type RemovedSegment, parseSegmentMeta } from './parse-segment-meta.ts';
import type { StoredJournal, JournalSegment } from './stored-journal.ts';
import type { ReportFinding } from './verification-finding.ts';

/** Ten thousand removed segments. */
const REMOVED_BYTES_MAX = 16 * 1024 * 1024;
/** The names of damaged segments that the journal set aside. */
const SET_ASIDE = /^broken-.*\.sqlite$/u;

/** Reads a folder, even while a writer has it open. */
export function openJournalFolder(folder: string): StoredJournal {
  return {
    name: folder,
    segments: (report) => openSegments(folder, report),
    removed: () => readRemoved(join(folder, REMOVED_FILE)),
  };
}

async function* openSegments(
  folder: string,
  report: ReportFinding,
): AsyncGenerator<JournalSegment> {
  const files = await listSegmentFiles(folder);
  for (const name of (await readdir(folder)).filter((entry) => SET_ASIDE.test(entry))) {
    const message = 'The journal found this segment damaged, and put it aside';
    report({ kind: 'unreadable', file: name, message });
  }
  for (const [index, file] of files.entries()) {
    const opening = await openSegment(file);
    if (!opening.ok) {
      // Retention may have removed it since the folder was listed; then it left a note.
      if (index === 0 && !existsSync(file.path)) continue;
      const message = `The segment cannot be opened: ${opening.reason}`;
      report({ kind: 'unreadable', file: file.name, message });
      continue;
    }
    try {
      const isLast = index === files.length - 1;
      const segment = describeSegment(opening.segment, { isLast, report });
      if (segment !== undefined) yield segment;
    } finally {
      opening.segment.close();
    }
  }
}

function describeSegment(
  reader: SegmentReader,
  { isLast, report }: { readonly isLast: boolean; readonly report: ReportFinding },
): JournalSegment | undefined {
  const { file } = reader;
  try {
    const parsed = parseSegmentMeta(reader.meta());
    if (!parsed.ok) {
      report({
        kind: 'segment-changed',
        file: file.name,
        message: `The segment: ${parsed.reason}`,
      });
      return undefined;
    }
    if (parsed.meta.firstSequence !== file.firstSequence) reportRenamed(file, parsed.meta, report);
    // Heads are read first: every entry that a head covers existed before it, even while the writer appends.
    const lastHead = reader.lastHeadSequence();
    const last = reader.lastSequence();
    const index = checkIndex(reader, { throughSequence: last, report });
    return {
      name: file.name,
      meta: parsed.meta,
      isLast,
      entries: () => index.entries(),
      heads: () => reader.heads({ after: -1, through: lastHead }),
      finish: index.finish,
    };
  } catch (error) {
    const message = `The segment cannot be read: ${describeFault(error)}`;
    report({ kind: 'unreadable', file: file.name, message });
    return undefined;
  }
}

function reportRenamed(
  { name }: SegmentFile,
  { firstSequence }: { readonly firstSequence: number },
  report: ReportFinding,
): void {
  const message = `The segment begins with entry ${firstSequence}, and not with what its name says`;
  report({ kind: 'segment-changed', file: name, sequence: firstSequence, message });
}

async function readRemoved(file: string): Promise<readonly RemovedSegment[]> {
  if (!existsSync(file)) return [];
  const read = await readBounded(file, REMOVED_BYTES_MAX);
  if (!read.ok) return [];
  const lines = new TextDecoder().decode(read.bytes).split('\n');
  return lines.flatMap((line) => parseRemoved(line) ?? []);
}
