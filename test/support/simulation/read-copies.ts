/**
 * Looks at what a process has on its disk, by copies: a reader that opens the files themselves would recover and flush them,
 * and hide what the process has not.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readEntries } from '../../../src/audit/journal/read-entries.ts';
import { STATE_FILE } from '../../../src/audit/journal/segment-files.ts';
import type { StoredEntry } from '../../../src/audit/journal/journal-messages.ts';
import { openJournalFolder } from '../../../src/audit/verify/journal-folder.ts';
import { readOwnKeys } from '../../../src/audit/verify/read-keys.ts';
import { VERIFICATION_FINDINGS } from '../../../src/audit/verify/verification-finding.ts';
import { verifyJournal } from '../../../src/audit/verify/verify-journal.ts';
import { createAnchorLedger } from '../../../src/audit/verify/check-anchors.ts';

function copyFolder(from: string, to: string, isWanted: (name: string) => boolean): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (!name.endsWith('-shm') && isWanted(name)) copyFileSync(join(from, name), join(to, name));
  }
}

/** Every key of the stored state, by space. */
export function readStateCopy(
  folder: string,
  copy: string,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  copyFolder(folder, copy, (name) => name.startsWith(STATE_FILE));
  const found = new Map<string, Map<string, string>>();
  const path = join(copy, STATE_FILE);
  if (!existsSync(path)) return found;
  const database = new DatabaseSync(path);
  try {
    const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'state'").get();
    const rows = table === undefined ? [] : database.prepare('SELECT * FROM state').all();
    for (const { space, key, value } of rows) {
      const keys = found.get(String(space)) ?? new Map<string, string>();
      found.set(String(space), keys);
      keys.set(String(key), String(value));
    }
    return found;
  } finally {
    database.close();
  }
}

/** Whether SQLite finds nothing wrong with a database. */
export function isSoundCopy(path: string, copy: string): boolean {
  const name = basename(path);
  copyFolder(dirname(path), copy, (other) => other.startsWith(name));
  const database = new DatabaseSync(join(copy, name));
  try {
    return database.prepare('PRAGMA quick_check').get()?.['quick_check'] === 'ok';
  } catch {
    return false;
  } finally {
    database.close();
  }
}

/** Every entry of the journal. */
export function readJournalCopy(folder: string, copy: string): readonly StoredEntry[] {
  copyFolder(folder, copy, (name) => name.startsWith('segment-'));
  const ask = {
    afterSequence: 0,
    entriesMax: Number.MAX_SAFE_INTEGER,
    lastSequence: Number.MAX_SAFE_INTEGER,
  };
  const entries: StoredEntry[] = [];
  for (;;) {
    const afterSequence = entries.at(-1)?.sequence ?? 0;
    const read = readEntries(copy, { ...ask, afterSequence });
    if (read.entries.length === 0) return entries;
    entries.push(...read.entries);
  }
}

/** The faults that `audit verify` finds, with what was acknowledged as anchors. */
export async function verifyCopy(
  folder: string,
  copy: string,
  { nowMs }: { readonly nowMs: number },
): Promise<readonly string[]> {
  copyFolder(folder, copy, () => true);
  const { findings } = await verifyJournal(openJournalFolder(copy), {
    keys: await readOwnKeys(copy),
    keysAreOwn: true,
    anchors: createAnchorLedger([]),
    nowMs,
    headAgeMaxMs: Number.MAX_SAFE_INTEGER,
    findingsMax: 20,
  });
  return findings
    .filter(({ kind }) => VERIFICATION_FINDINGS[kind].severity === 'fault')
    .map(({ kind, message }) => `${kind}: ${message}`);
}
