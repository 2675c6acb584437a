/** Removes a sealed segment and records the removal, so that `audit verify` can tell retention from tampering. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { removeSegment } from './segment.ts';

const NOTES_NAME = 'removed.jsonl';
const OWN = 0o600;

/** Durably notes the end of the segment, and only then removes it. */
export function removeWithNotice(folder: string, path: string): void {
  appendDurably(join(folder, NOTES_NAME), `${JSON.stringify(describeEnd(path))}\n`);
  removeSegment(path);
}

/**
 * The numbers come from the segment, the head is signed. For a damaged segment, the note contains what is
 * readable.
 */
function describeEnd(path: string): Readonly<Record<string, unknown>> {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    const meta = new Map(
      database
        .prepare('SELECT key, value FROM meta')
        .all()
        .map(({ key, value }) => [key, value]),
    );
    const head = database.prepare('SELECT jws FROM heads ORDER BY sequence DESC LIMIT 1').get();
    return {
      firstSequence: Number(meta.get('first_sequence')),
      lastSequence: Number(meta.get('last_sequence')),
      lastHash: meta.get('last_hash'),
      head: head?.['jws'],
    };
  } catch {
    return { file: path.slice(path.lastIndexOf('/') + 1), unreadable: true };
  } finally {
    database?.close();
  }
}

function appendDurably(file: string, line: string): void {
  const descriptor = openSync(file, 'a', OWN);
  try {
    writeSync(descriptor, line);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
