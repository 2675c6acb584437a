/** Writes a package for an auditor: records, policies and configuration, and instructions for verification. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WallMs } from '../../base/clock.ts';
import { signText, type SigningKey, type VerificationKey } from '../../base/json-web-signature.ts';
import type { SegmentReader } from '../journal/open-segment.ts';
import { parseRecord } from '../journal/parse-record.ts';
import { REMOVED_FILE } from '../journal/segment-files.ts';
import type { ChainedEntry, StoredHead } from '../journal/stored-entry.ts';
import type { EntryFilter } from '../query/match-entry.ts';
import { originOf } from '../query/search-journal.ts';
import { formatGuide, formatControls } from './format-guide.ts';
import {
  MANIFEST_FILE,
  SIGNATURE_FILE,
  SIGNATURE_TYPE,
  type PackageManifest,
} from './package-manifest.ts';
import { createPackage, type PackageWriter } from './package-writer.ts';
import { readSegments } from './read-journal.ts';

/** More than any real journal contains; the rest is not listed. */
const REVISIONS_MAX = 10_000;

export interface PackagePlan {
  /** Created by the export; must not exist yet. */
  readonly folder: string;
  readonly journals: readonly {
    readonly path: string;
    readonly keys: readonly VerificationKey[];
  }[];
  readonly range: Pick<EntryFilter, 'sinceMs' | 'untilMs'>;
  readonly key: SigningKey;
  readonly nowMs: WallMs;
  /** Policies, configurations and reports beside the journals, by their path in the package. */
  readonly attachments: readonly { readonly path: string; readonly content: string | Uint8Array }[];
  readonly includedRevisions: readonly string[];
  readonly includedConfigurations: readonly string[];
}

/** What the records of a package refer to. */
interface Named {
  readonly revisions: Set<string>;
  readonly configurations: Set<string>;
}

type PackagedJournal = PackageManifest['journals'][number];

/** Writes everything, the signed manifest last: a package without it is not finished. */
export async function writePackage(plan: PackagePlan): Promise<PackageManifest> {
  const writer = createPackage(plan.folder);
  const named: Named = { revisions: new Set(), configurations: new Set() };
  const journals: PackagedJournal[] = [];
  for (const [index, journal] of plan.journals.entries()) {
    const folder = `journals/${index + 1}`;
    journals.push(await writeJournal(writer, journal.path, { folder, plan, named }));
  }
  const keys = [...plan.journals.flatMap((journal) => journal.keys), plan.key];
  for (const [keyId, { publicJwk }] of new Map(keys.map((key) => [key.keyId, key]))) {
    writer.write(`keys/key-${keyId}.jwk`, `${JSON.stringify(publicJwk)}\n`);
  }
  for (const { path, content } of plan.attachments) writer.write(path, content);
  const about = describePackage(plan, { journals, named });
  writer.write('README.md', formatGuide(about, plan.key.keyId));
  writer.write('SOC2.md', formatControls());
  const manifest: PackageManifest = { ...about, files: [...writer.files()] };
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  writer.write(MANIFEST_FILE, text);
  writer.write(SIGNATURE_FILE, await signText(text, plan.key, SIGNATURE_TYPE));
  return manifest;
}

function describePackage(
  plan: PackagePlan,
  { journals, named }: { readonly journals: PackagedJournal[]; readonly named: Named },
): Omit<PackageManifest, 'files'> {
  const { sinceMs, untilMs } = plan.range;
  const moment = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : new Date(ms).toISOString();
  return {
    format: 'holdfast-evidence/1',
    created: new Date(plan.nowMs).toISOString(),
    since: moment(sinceMs),
    until: moment(untilMs),
    journals,
    policyRevisions: [...named.revisions].toSorted().map((revision) => ({
      revision,
      included: plan.includedRevisions.includes(revision),
    })),
    configurationHashes: [...named.configurations].toSorted().map((hash) => ({
      hash,
      included: plan.includedConfigurations.includes(hash),
    })),
  };
}

interface JournalPlace {
  readonly folder: string;
  readonly plan: PackagePlan;
  readonly named: Named;
}

async function writeJournal(
  writer: PackageWriter,
  path: string,
  { folder, plan, named }: JournalPlace,
): Promise<PackagedJournal> {
  const counts = { entries: 0, denied: 0 };
  const segments: { name: string; entries: number }[] = [];
  let origin = { chain: '', cluster: '', replica: '' };
  for await (const segment of readSegments(path, plan.range)) {
    origin = originOf(segment.meta());
    const name = segment.file.name.replace(/\.sqlite$/u, '');
    const before = counts.entries;
    writeSegment(writer, segment, {
      place: `${folder}/${name}`,
      note: ({ recordJson }) => noteRecord(recordJson, counts, named),
    });
    segments.push({ name, entries: counts.entries - before });
  }
  const removed = join(path, REMOVED_FILE);
  if (existsSync(removed)) writer.write(`${folder}/${REMOVED_FILE}`, readFileSync(removed));
  return { folder, ...origin, segments, ...counts };
}

function noteRecord(
  recordJson: string,
  counts: { entries: number; denied: number },
  { revisions, configurations }: Named,
): void {
  counts.entries += 1;
  const record = parseRecord(recordJson);
  if (record === undefined) return;
  if (!record.allowed) counts.denied += 1;
  if (revisions.size < REVISIONS_MAX) revisions.add(record.policyRevision.slice(0, 256));
  if (configurations.size < REVISIONS_MAX) {
    configurations.add(record.configurationHash.slice(0, 256));
  }
}

interface SegmentPlace {
  readonly place: string;
  readonly note: (entry: ChainedEntry) => void;
}

/** Heads are read first: every entry that a head covers existed before it, even while the writer appends. */
function writeSegment(
  writer: PackageWriter,
  segment: SegmentReader,
  { place, note }: SegmentPlace,
): void {
  writer.write(`${place}.meta.json`, `${JSON.stringify(Object.fromEntries(segment.meta()))}\n`);
  const heads = segment.heads({ after: -1, through: segment.lastHeadSequence() });
  writer.lines(`${place}.heads.jsonl`, formatRows(heads));
  const entries = segment.entries({ after: -1, through: segment.lastSequence() });
  writer.lines(`${place}.records.jsonl`, formatEntries(entries, note));
}

function* formatRows(rows: Iterable<StoredHead>): Generator<string> {
  for (const row of rows) yield JSON.stringify(row);
}

/** The record is a string inside the line, byte for byte as it was hashed: a reader needs no canonical JSON. */
function* formatEntries(
  entries: Iterable<ChainedEntry>,
  note: (entry: ChainedEntry) => void,
): Generator<string> {
  for (const entry of entries) {
    note(entry);
    const { sequence, previousHash, hash, recordJson } = entry;
    yield JSON.stringify({ sequence, previousHash, hash, recordJson });
  }
}
