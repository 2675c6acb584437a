/** Reads journals once, from the oldest entry to the newest, and answers what the mode enforce would have refused. */
import { existsSync } from 'node:fs';
import { HoldfastError } from '../../errors.ts';
import { isDecision } from '../classify-decision.ts';
import { openSegment, type SegmentReader } from '../journal/open-segment.ts';
import { parseRecord, type StoredRecord } from '../journal/parse-record.ts';
import { listSegmentFiles, listSetAside } from '../journal/segment-files.ts';
import type { StoredEntry } from '../journal/stored-entry.ts';
import { matchEntry, type EntryFilter } from '../query/match-entry.ts';
import { ReportGroups, type ReportGroup } from './report-groups.ts';
import { WriterWrites, type WriterWrite } from './writer-writes.ts';

export interface Report {
  /** Requests that were recorded: everything that somebody objected to, and of the rest what `audit.record` says. */
  readonly requests: number;
  /** Of these, those that the mode enforce would have refused. */
  readonly wouldDeny: number;
  /** By how many different users. */
  readonly users: number;
  /** Requests that were refused already. */
  readonly denied: number;
  readonly groups: readonly ReportGroup[];
  /** Of `wouldDeny`, those in groups beyond the limit. */
  readonly unlisted: number;
  readonly namespaces: readonly NamespaceTally[];
  readonly journals: readonly JournalCoverage[];
  /** The last writes of the GitOps controllers, one for each object; and how many writes to further objects there were. */
  readonly writes: readonly WriterWrite[];
  readonly writesLeftOut: number;
  /** Records of earlier versions, which do not say whether an objection is a denial or an advice. */
  readonly undecided: number;
  /** Entries that are no record: damaged, or too large. */
  readonly unreadable: number;
  /** Requests by the configuration and the bundle that judged them, the last one first. */
  readonly judgedBy: readonly JudgedBy[];
  /** Requests of further configurations, beyond the limit. */
  readonly judgedByOthers: number;
}

export interface NamespaceTally {
  /** Empty for objects without a namespace. */
  readonly namespace: string;
  readonly requests: number;
  readonly wouldDeny: number;
}

export interface JudgedBy {
  readonly configurationHash: string;
  readonly policyRevision: string;
  readonly requests: number;
}

/** What one journal knows of the time. */
export interface JournalCoverage {
  /** As it was named. */
  readonly name: string;
  readonly replica: string;
  /** Of the oldest and the newest entry that is there, also outside the time that was asked for; absent without one. */
  readonly firstMs?: number | undefined;
  readonly lastMs?: number | undefined;
  /** Entries that are missing between those that are there. */
  readonly missing: number;
  /** The files of damaged segments that were set aside, and are not read. */
  readonly setAside: readonly string[];
}

export interface ReportOptions {
  readonly filter: EntryFilter;
  /** Called after every few hundred entries. */
  readonly onProgress?: ((entries: number) => void) | undefined;
}

/** A cluster has some hundreds. */
const NAMESPACES_MAX = 10_000;
/** A configuration lasts for hours. */
const JUDGED_BY_MAX = 1000;
const PROGRESS_ENTRIES = 512;

/** Throws `journal_unreadable` for a segment that cannot be opened. */
export async function collectReport(
  folders: readonly { readonly shown: string; readonly path: string }[],
  { filter, onProgress }: ReportOptions,
): Promise<Report> {
  const collector = new Collector(filter, onProgress);
  const journals: JournalCoverage[] = [];
  for (const { shown, path } of folders) {
    const files = await listSegmentFiles(path);
    const coverage = new Coverage(shown, listSetAside(path));
    for (const file of files) {
      const opening = await openSegment(file);
      // Retention may have removed it since the folder was listed.
      if (!opening.ok && !existsSync(file.path)) continue;
      if (!opening.ok) throw unreadable(shown, file.name, opening.reason);
      try {
        collector.readSegment(opening.segment, coverage);
      } finally {
        opening.segment.close();
      }
    }
    journals.push(coverage.describe());
  }
  return collector.report(journals);
}

function unreadable(folder: string, name: string, reason: string): HoldfastError {
  const message = `The segment "${name}" of "${folder}" cannot be read: ${reason}`;
  return new HoldfastError('journal_unreadable', message);
}

/** What was read of one journal, and which entries are missing. */
class Coverage {
  readonly #name: string;
  readonly #setAside: readonly string[];
  #replica = '';
  #firstMs: number | undefined;
  #lastMs: number | undefined;
  #last: number | undefined;
  #missing = 0;

  constructor(name: string, setAside: readonly string[]) {
    this.#name = name;
    this.#setAside = setAside;
  }

  begin(segment: SegmentReader): void {
    this.#replica = segment.meta().get('replica') ?? this.#replica;
    const { firstMs, lastMs } = segment.times();
    this.#firstMs ??= firstMs;
    this.#lastMs = lastMs ?? this.#lastMs;
    const { firstSequence } = segment.file;
    // A new chain begins with 1 again.
    if (this.#last !== undefined && firstSequence > this.#last + 1) {
      this.#missing += firstSequence - this.#last - 1;
    }
    this.#last = segment.lastSequence();
  }

  /** An entry was expected there, and another one was found. */
  miss(entries: number): void {
    this.#missing += entries;
  }

  describe(): JournalCoverage {
    return {
      name: this.#name,
      replica: this.#replica,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      missing: this.#missing,
      setAside: this.#setAside,
    };
  }
}

interface Tally {
  requests: number;
  wouldDeny: number;
}

interface Judged extends Omit<JudgedBy, 'requests'> {
  requests: number;
  lastMs: number;
}

/** What is kept of all journals. */
class Collector {
  readonly #filter: EntryFilter;
  readonly #onProgress: ReportOptions['onProgress'];
  readonly #groups = new ReportGroups();
  readonly #writes = new WriterWrites();
  readonly #namespaces = new Map<string, Tally>();
  readonly #judgedBy = new Map<string, Judged>();
  #entries = 0;
  #requests = 0;
  #wouldDeny = 0;
  #denied = 0;
  #undecided = 0;
  #unreadable = 0;
  #judgedByOthers = 0;

  constructor(filter: EntryFilter, onProgress: ReportOptions['onProgress']) {
    this.#filter = filter;
    this.#onProgress = onProgress;
  }

  readSegment(segment: SegmentReader, coverage: Coverage): void {
    coverage.begin(segment);
    const { sinceMs, untilMs } = this.#filter;
    const { firstMs, lastMs } = segment.times();
    if (sinceMs !== undefined && lastMs !== undefined && lastMs < sinceMs) return;
    if (untilMs !== undefined && firstMs !== undefined && firstMs >= untilMs) return;
    let expected = segment.file.firstSequence;
    for (const entry of segment.entries({ after: -1, through: segment.lastSequence() })) {
      if (entry.sequence > expected) coverage.miss(entry.sequence - expected);
      expected = entry.sequence + 1;
      this.#read(entry);
    }
  }

  #read(entry: StoredEntry): void {
    this.#entries += 1;
    if (this.#entries % PROGRESS_ENTRIES === 0) this.#onProgress?.(this.#entries);
    const record = parseRecord(entry.recordJson);
    if (record === undefined) this.#unreadable += 1;
    // What Holdfast found by itself is no request, and neither is what a webhook sees before the other one.
    else if (isRequest(record) && matchEntry(record, this.#filter)) {
      this.#count(record);
      if (record.actor?.class === 'gitops') this.#writes.add(entry.recordJson);
    }
  }

  #count(record: StoredRecord): void {
    const times = record.folded?.count ?? 1;
    this.#requests += times;
    this.#countJudged(record, times);
    const tally = this.#tallyOf(record.object.namespace);
    if (tally !== undefined) tally.requests += times;
    if (!record.allowed) {
      this.#denied += times;
      return;
    }
    const { wouldDeny } = record;
    if (wouldDeny !== undefined) {
      this.#wouldDeny += 1;
      if (tally !== undefined) tally.wouldDeny += 1;
      this.#groups.add(record, wouldDeny);
    } else if (isUndecided(record)) this.#undecided += 1;
  }

  #tallyOf(namespace: string): Tally | undefined {
    const known = this.#namespaces.get(namespace);
    if (known !== undefined || this.#namespaces.size >= NAMESPACES_MAX) return known;
    const tally = { requests: 0, wouldDeny: 0 };
    this.#namespaces.set(namespace, tally);
    return tally;
  }

  #countJudged({ configurationHash, policyRevision, time }: StoredRecord, times: number): void {
    const key = `${configurationHash} ${policyRevision}`;
    const known = this.#judgedBy.get(key);
    if (known === undefined && this.#judgedBy.size >= JUDGED_BY_MAX) {
      this.#judgedByOthers += times;
      return;
    }
    const judged = known ?? { configurationHash, policyRevision, requests: 0, lastMs: 0 };
    judged.requests += times;
    judged.lastMs = Math.max(judged.lastMs, Date.parse(time));
    this.#judgedBy.set(key, judged);
  }

  report(journals: readonly JournalCoverage[]): Report {
    return {
      requests: this.#requests,
      wouldDeny: this.#wouldDeny,
      users: this.#groups.users,
      denied: this.#denied,
      groups: this.#groups.list(),
      unlisted: this.#groups.unlisted,
      namespaces: [...this.#namespaces]
        .map(([namespace, tally]) => ({ namespace, ...tally }))
        .toSorted((a, b) => b.wouldDeny - a.wouldDeny || b.requests - a.requests),
      journals,
      writes: this.#writes.list(),
      writesLeftOut: this.#writes.leftOut,
      undecided: this.#undecided,
      unreadable: this.#unreadable,
      judgedBy: [...this.#judgedBy.values()]
        .toSorted((a, b) => b.lastMs - a.lastMs)
        .map(({ configurationHash, policyRevision, requests }) => ({
          configurationHash,
          policyRevision,
          requests,
        })),
      judgedByOthers: this.#judgedByOthers,
    };
  }
}

function isRequest({ route, finding }: StoredRecord): boolean {
  return route !== 'mutate' && finding !== true;
}

/** As an earlier version wrote it: a policy in the modes warn and audit objected, and nothing says what it would have done. */
function isUndecided(record: StoredRecord): boolean {
  if (isDecision(record, 'granted')) return false;
  return record.policies.some(
    ({ mode, status, wouldDeny }) =>
      mode !== 'enforce' && status !== 'passed' && wouldDeny === undefined,
  );
}
