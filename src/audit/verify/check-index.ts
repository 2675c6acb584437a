/**
 * Checks the parts of a segment that the chain does not cover: index columns and tables, and SQLite's pages.
 *
 * No hash covers these. An attacker who changes them hides a record from queries, or shows it as another user's,
 * while the chain stays valid. So each is computed again from the records.
 */
import { createHash, type Hash } from 'node:crypto';
import type { PolicyRow, SegmentReader } from '../journal/open-segment.ts';
import {
  objectingPolicies,
  indexColumnsOf,
  parseRecord,
  type StoredRecord,
} from '../journal/parse-record.ts';
import type { StoredEntry, IndexColumns } from '../journal/stored-entry.ts';
import type { JournalRow } from './stored-journal.ts';
import type { ReportFinding } from './verification-finding.ts';

/** More policies than any bundle has; above it, the table is not compared, which is reported. */
const POLICIES_MAX = 10_000;

export interface IndexCheck {
  /** The entries of the segment; each is checked during the pass. */
  readonly entries: () => Generator<JournalRow>;
  /** The comparisons that need all entries. */
  readonly finish: (report: ReportFinding) => void;
}

/** Starts the check of a segment up to an entry. */
export function checkIndex(
  reader: SegmentReader,
  { throughSequence, report }: { readonly throughSequence: number; readonly report: ReportFinding },
): IndexCheck {
  const expected = new Map<string, Hash>();
  const file = reader.file.name;
  return {
    entries: function* entries() {
      for (const entry of reader.entries({ after: -1, through: throughSequence })) {
        checkEntry(entry, { file, report, expected });
        const { sequence, previousHash, hash, recordJson, index } = entry;
        yield { sequence, previousHash, hash, recordJson, timeMs: index.timeMs };
      }
    },
    finish: () => {
      for (const line of reader.damages()) {
        report({ kind: 'index-changed', file, message: `SQLite finds damage: ${line}` });
      }
      comparePolicies(expected, { file, rows: reader.policies(throughSequence), report });
    },
  };
}

interface EntryCheck {
  readonly file: string;
  readonly report: ReportFinding;
  /** Digests of the sequences of each policy, in order: constant memory for any number of entries. */
  readonly expected: Map<string, Hash>;
}

function checkEntry(entry: StoredEntry, { file, report, expected }: EntryCheck): void {
  const diff = diffIndex(entry);
  const { sequence } = entry;
  if (diff.record === undefined) {
    const message = `Entry ${sequence} holds no record that can be read`;
    report({ kind: 'index-changed', file, sequence, message });
    return;
  }
  if (diff.columns.length > 0) {
    const message = `Entry ${sequence} is found by other values than its record has: ${diff.columns.join(', ')}`;
    report({ kind: 'index-changed', file, sequence, message });
  }
  for (const policy of objectingPolicies(diff.record)) addTo(expected, { policy, sequence });
}

function addTo(digests: Map<string, Hash>, { policy, sequence }: PolicyRow): void {
  let digest = digests.get(policy);
  if (digest === undefined) {
    if (digests.size >= POLICIES_MAX) return;
    digest = createHash('sha256');
    digests.set(policy, digest);
  }
  digest.update(`${sequence}\n`);
}

interface PolicyComparison {
  readonly file: string;
  readonly rows: Iterable<PolicyRow>;
  readonly report: ReportFinding;
}

function comparePolicies(
  expected: ReadonlyMap<string, Hash>,
  { file, rows, report }: PolicyComparison,
): void {
  const found = new Map<string, Hash>();
  for (const row of rows) addTo(found, row);
  for (const policy of [...new Set([...expected.keys(), ...found.keys()])].toSorted()) {
    const [wanted, had] = [expected.get(policy), found.get(policy)].map((h) =>
      h?.copy().digest('hex'),
    );
    if (wanted === had) continue;
    const message = `The table "entry_policies" names other entries for the policy "${policy}" than the records do`;
    report({ kind: 'index-changed', file, message });
  }
}

const COLUMNS: readonly (readonly [keyof IndexColumns, string])[] = [
  ['timeMs', 'time_ms'],
  ['decisionId', 'decision_id'],
  ['username', 'username'],
  ['namespace', 'namespace'],
  ['object', 'object'],
  ['allowed', 'allowed'],
  ['code', 'code'],
];

export interface IndexDiff {
  /** Absent if the record cannot be read. */
  readonly record?: StoredRecord;
  readonly columns: readonly string[];
}

/** The columns that differ from the record. */
export function diffIndex({ recordJson, index }: StoredEntry): IndexDiff {
  const record = parseRecord(recordJson);
  if (record === undefined) return { columns: [] };
  const expected = indexColumnsOf(record);
  const columns = COLUMNS.filter(([key]) => index[key] !== expected[key]).map(([, name]) => name);
  return { record, columns };
}
