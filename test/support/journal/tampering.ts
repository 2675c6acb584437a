/** Journals under attack: what an attacker can do to the files, and what verification tells of it. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import type { Anchor } from '../../../src/audit/verify/read-anchors.ts';
import { createAnchorLedger } from '../../../src/audit/verify/check-anchors.ts';
import { hashEntry } from '../../../src/audit/verify/hash-entry.ts';
import { openJournalFolder } from '../../../src/audit/verify/journal-folder.ts';
import { verifyJournal, type Verification } from '../../../src/audit/verify/verify-journal.ts';
import type { VerificationKey } from '../../../src/base/json-web-signature.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import {
  buildJournal,
  SAMPLE_CHAIN,
  type BuiltJournal,
  type JournalPlan,
} from './build-journal.ts';
import { SAMPLE_START_MS } from './sample-record.ts';

const MINUTE = 60_000;

export async function build(
  t: TestContext,
  plan: Partial<JournalPlan> = {},
): Promise<BuiltJournal> {
  const folder = join(await makeTemporaryFolder(t), 'journal');
  return await buildJournal(folder, { segments: [20, 20, 20], sealLast: true, ...plan });
}

interface Given {
  readonly keys?: readonly VerificationKey[];
  readonly anchors?: readonly Anchor[];
}

export async function verify(journal: BuiltJournal, given: Given = {}): Promise<Verification> {
  return await verifyJournal(openJournalFolder(journal.folder), {
    keys: given.keys ?? [journal.key],
    keysAreOwn: false,
    anchors: createAnchorLedger(given.anchors ?? []),
    nowMs: SAMPLE_START_MS + 10 * MINUTE,
    headAgeMaxMs: 10 * MINUTE,
    findingsMax: 20,
  });
}

/** `kind@sequence-through file`, the short form of each finding. */
export function told({ findings }: Verification): readonly string[] {
  return findings.map(
    ({ kind, file, sequence, throughSequence }) =>
      `${kind}@${sequence ?? '-'}${throughSequence === undefined ? '' : `-${throughSequence}`} ${file.slice(-10)}`,
  );
}

export function edit(journal: BuiltJournal, segment: number, sql: string): void {
  const file = journal.files[segment] ?? '';
  chmodSync(file, 0o600);
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

interface Row {
  readonly sequence: number;
  readonly previous_hash: string;
  readonly hash: string;
  readonly record: string;
}

export function rowsOf(journal: BuiltJournal, segment: number, where: string): readonly Row[] {
  const database = new DatabaseSync(journal.files[segment] ?? '', { readOnly: true });
  const rows = database.prepare(`SELECT * FROM entries WHERE ${where}`).all();
  database.close();
  return rows.map((row) => ({
    sequence: Number(row['sequence']),
    previous_hash: String(row['previous_hash']),
    hash: String(row['hash']),
    record: String(row['record']),
  }));
}

/** What a thorough attacker does: hashes everything from an entry on anew, with records of their choice. */
export function rewrite(journal: BuiltJournal, segment: number, from: number): void {
  const rows = rowsOf(journal, segment, `sequence >= ${from} ORDER BY sequence`);
  let previousHash = rows[0]?.previous_hash ?? '';
  const statements = rows.map((row) => {
    const recordJson =
      row.sequence === from ? row.record.replace('"UPDATE"', '"DELETE"') : row.record;
    const link = { chain: SAMPLE_CHAIN, sequence: row.sequence, previousHash, recordJson };
    const hash = hashEntry(link);
    const sql = `UPDATE entries SET record = '${recordJson}', previous_hash = '${previousHash}', hash = '${hash}' WHERE sequence = ${row.sequence};`;
    previousHash = hash;
    return sql;
  });
  edit(journal, segment, statements.join('\n'));
}
