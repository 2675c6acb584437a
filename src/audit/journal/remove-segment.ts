/** Removes a sealed segment and records the removal, so that `audit verify` can tell retention from tampering. */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { confirmDamage, readAgain } from './confirm-damage.ts';
import { removeSegment } from './segment.ts';

const NOTES_NAME = 'removed.jsonl';
const OWN = 0o600;
const NEWLINE = 0x0a;

/**
 * Durably notes the end of the segment, and only then removes it. False if the segment cannot be read now, and is needed
 * for no longer than that: without its signed head, the removal would look like tampering.
 */
export function removeWithNotice(
  folder: string,
  path: string,
  { mayWait }: { readonly mayWait: boolean },
): boolean {
  const end = describeEnd(path, mayWait);
  if (end === undefined) return false;
  appendDurably(join(folder, NOTES_NAME), `${JSON.stringify(end)}\n`);
  removeSegment(path);
  return true;
}

/** The numbers come from the segment, the head is signed. */
function describeEnd(
  path: string,
  mayWait: boolean,
): Readonly<Record<string, unknown>> | undefined {
  try {
    return readAgain(path, () => readEnd(path));
  } catch (fault) {
    if (mayWait && !confirmDamage(fault, path)) return undefined;
    return { file: path.slice(path.lastIndexOf('/') + 1), unreadable: true };
  }
}

function readEnd(path: string): Readonly<Record<string, unknown>> {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
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
  } finally {
    database.close();
  }
}

function appendDurably(file: string, line: string): void {
  const descriptor = openSync(file, 'a', OWN);
  try {
    // A note that a full disk has cut short must not swallow the next one.
    if (!endsWithNewline(file)) writeWhole(descriptor, Buffer.from('\n'));
    writeWhole(descriptor, Buffer.from(line));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** `write(2)` may write less than it was given. */
function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(descriptor, bytes, written);
  }
}

function endsWithNewline(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const last = Buffer.alloc(1);
    return size === 0 || (readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] === NEWLINE);
  } finally {
    closeSync(descriptor);
  }
}
