/** Reads the lineages of applications from journals: what a replica knows after a restart, and what the commands show. */
import { searchJournals, type FoundEntry } from '../audit/query/search-journal.ts';
import { auditRecordSchema } from '../audit/record-schema.ts';
import { parseJsonAs } from '../base/parse-json-as.ts';
import type { WallMs } from '../base/clock.ts';
import { formatApplication, type ApplicationName } from '../source/commits/deployed-commits.ts';
import {
  applyChange,
  NO_LINEAGE,
  type ApplicationLineage,
  type LineageChange,
} from '../source/lineage/application-lineage.ts';
import { LINEAGE_LIMITS } from '../source/lineage/settings.ts';
import { applicationOf } from './application-name.ts';
import { LINEAGE_CODES, parseVersionRecord } from './format-version-record.ts';

/** One entry as it was recorded. */
export interface RecordedChange {
  readonly application: ApplicationName;
  readonly change: LineageChange;
  readonly atMs: WallMs;
  readonly cluster: string;
}

/** The lineage of one application. */
export interface CollectedLineage {
  readonly cluster: string;
  readonly application: ApplicationName;
  readonly lineage: ApplicationLineage;
  /** Of the last entry. */
  readonly changedAtMs: WallMs;
}

/** Of a record only what is an entry: there are many, and a start waits for them. */
const entrySchema = auditRecordSchema
  .unwrap()
  .pick({ finding: true, object: true, applicationVersion: true, time: true, cluster: true });

const ENTRIES_MAX = LINEAGE_LIMITS['lineage.readEntriesMax'].default;

/** The entries of one journal, in the order of its chain. Throws `journal_unreadable`. */
export async function readLineageChanges(folder: string): Promise<readonly RecordedChange[]> {
  const found: FoundEntry[] = [];
  for (const code of LINEAGE_CODES) {
    const search = { filter: { code }, limit: ENTRIES_MAX };
    for await (const entry of searchJournals([folder], search)) found.push(entry);
  }
  return found
    .toSorted((left, right) => left.entry.sequence - right.entry.sequence)
    .flatMap(({ entry }) => {
      const record = parseJsonAs(entrySchema, entry.recordJson);
      // Whoever can write any record can name this code: only what nobody asked for is an entry.
      if (record?.finding !== true) return [];
      const application = applicationOf({ ...record.object });
      const change = parseVersionRecord(record);
      if (application === undefined || change === undefined) return [];
      const { cluster } = record;
      return [{ application, change, atMs: Date.parse(record.time), cluster }];
    });
}

/** Of each application the lineage of the journal in which it changed last: each replica records all of them. */
export async function collectLineages(
  folders: readonly string[],
  versionsMax: number,
): Promise<readonly CollectedLineage[]> {
  const newest = new Map<string, CollectedLineage>();
  for (const folder of folders) {
    const lineages = new Map<string, CollectedLineage>();
    for (const { application, change, atMs, cluster } of await readLineageChanges(folder)) {
      const key = `${cluster} ${formatApplication(application)}`;
      const before = lineages.get(key)?.lineage ?? NO_LINEAGE;
      const lineage = applyChange(before, change, { atMs, versionsMax });
      lineages.set(key, { cluster, application, lineage, changedAtMs: atMs });
    }
    for (const [key, lineage] of lineages) {
      const known = newest.get(key);
      if (known === undefined || lineage.changedAtMs > known.changedAtMs) newest.set(key, lineage);
    }
  }
  return [...newest]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([, lineage]) => lineage);
}
