/** Writes a journal's folder as it is documented, fast and without a thread: for tests of those who read it. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { FIRST_PREVIOUS_HASH, hashEntry } from '../../../src/audit/verify/hash-entry.ts';
import { signHead } from '../../../src/audit/verify/head.ts';
import { SEGMENT_TABLES } from '../../../src/audit/journal/segment-tables.ts';
import { indexColumnsOf, objectingPolicies } from '../../../src/audit/journal/parse-record.ts';
import { segmentName } from '../../../src/audit/journal/segment-files.ts';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import {
  generateSigningKeyText,
  readSigningKey,
  type SigningKey,
} from '../../../src/base/json-web-signature.ts';
import { sampleRecord, SAMPLE_START_MS } from './sample-record.ts';

export const SAMPLE_CHAIN = '01JD3V9K2M8Q4W6X0Y2Z4A6B8C';

export interface JournalPlan {
  /** Entries of each segment; all but the last are sealed. */
  readonly segments: readonly number[];
  /** A head at each such number of entries; 0 signs none but the closing ones. */
  readonly headEvery?: number;
  /** Whether the last segment is closed too. */
  readonly sealLast?: boolean;
  readonly chain?: string;
  readonly replica?: string;
  readonly record?: (number: number) => AuditRecord;
  readonly key?: SigningKey;
}

export interface BuiltJournal {
  readonly folder: string;
  readonly key: SigningKey;
  /** The paths of the segments, the oldest first. */
  readonly files: readonly string[];
  /** Of each entry, from index 1. */
  readonly hashes: readonly string[];
}

interface ChainState {
  sequence: number;
  hash: string;
  readonly hashes: string[];
}

/** A key for one test. */
export async function makeHeadKey(): Promise<SigningKey> {
  const read = await readSigningKey(generateSigningKeyText());
  if (!read.ok) throw new Error(read.reason);
  return read.key;
}

/** Makes the folder and everything in it. */
export async function buildJournal(folder: string, plan: JournalPlan): Promise<BuiltJournal> {
  const key = plan.key ?? (await makeHeadKey());
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'head-key.pub.jwk'), JSON.stringify(key.publicJwk));
  const state: ChainState = { sequence: 0, hash: FIRST_PREVIOUS_HASH, hashes: [''] };
  const files: string[] = [];
  for (const [index, count] of plan.segments.entries()) {
    const file = join(folder, segmentName(state.sequence + 1));
    const sealed = index < plan.segments.length - 1 || plan.sealLast === true;
    await writeSegment(file, { plan: { ...plan, key }, state, count, sealed });
    if (sealed) chmodSync(file, 0o440);
    files.push(file);
  }
  return { folder, key, files, hashes: state.hashes };
}

interface SegmentPlan {
  readonly plan: JournalPlan & { readonly key: SigningKey };
  readonly state: ChainState;
  readonly count: number;
  readonly sealed: boolean;
}

async function writeSegment(
  file: string,
  { plan, state, count, sealed }: SegmentPlan,
): Promise<void> {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = ${sealed ? 'DELETE' : 'WAL'}; PRAGMA synchronous = OFF`);
  database.exec(SEGMENT_TABLES);
  const chain = plan.chain ?? SAMPLE_CHAIN;
  const writeMeta = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
  const first = state.sequence + 1;
  writeMeta.run('format', '1');
  writeMeta.run('chain', chain);
  writeMeta.run('cluster', 'prod-eu-1');
  writeMeta.run('replica', plan.replica ?? 'holdfast-0');
  writeMeta.run('first_sequence', String(first));
  writeMeta.run('first_previous_hash', state.hash);
  const heads: number[] = [];
  database.exec('BEGIN');
  const insert = prepareInserts(database);
  for (let n = 0; n < count; n += 1) {
    appendEntry(chain, state, {
      insert,
      record: (plan.record ?? sampleRecord)(state.sequence + 1),
    });
    const every = plan.headEvery ?? 5;
    const isEnd = sealed && n === count - 1;
    if (!isEnd && every > 0 && state.sequence % every === 0) heads.push(state.sequence);
  }
  database.exec('COMMIT');
  for (const sequence of heads) {
    await insertHead(database, { plan, chain, state, sequence, first, sealed: false });
  }
  writeMeta.run('sealed', sealed ? '1' : '0');
  if (sealed) {
    const { sequence } = state;
    await insertHead(database, { plan, chain, state, sequence, first, sealed: true });
    writeMeta.run('last_sequence', String(state.sequence));
    writeMeta.run('last_hash', state.hash);
  }
  database.close();
}

type InsertRow = (row: {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly recordJson: string;
  readonly record: AuditRecord;
}) => void;

function prepareInserts(database: DatabaseSync): InsertRow {
  const entry = database.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const policy = database.prepare('INSERT INTO entry_policies VALUES (?, ?)');
  return ({ sequence, previousHash, hash, recordJson, record }) => {
    const index = indexColumnsOf(record);
    entry.run(
      sequence,
      index.timeMs ?? 0,
      previousHash,
      hash,
      recordJson,
      record.decisionId,
      record.user.username,
      record.object.namespace,
      index.object ?? '',
      record.allowed ? 1 : 0,
      record.code,
    );
    for (const name of objectingPolicies(record)) policy.run(name, sequence);
  };
}

function appendEntry(
  chain: string,
  state: ChainState,
  { insert, record }: { readonly insert: InsertRow; readonly record: AuditRecord },
): void {
  const sequence = state.sequence + 1;
  const previousHash = state.hash;
  const recordJson = canonicalJson(record);
  const hash = hashEntry({ chain, sequence, previousHash, recordJson });
  insert({ sequence, previousHash, hash, recordJson, record });
  state.sequence = sequence;
  state.hash = hash;
  state.hashes.push(hash);
}

interface HeadPlan {
  readonly plan: SegmentPlan['plan'];
  readonly chain: string;
  readonly state: ChainState;
  readonly sequence: number;
  readonly first: number;
  readonly sealed: boolean;
}

async function insertHead(
  database: DatabaseSync,
  { plan, chain, state, sequence, first, sealed }: HeadPlan,
): Promise<void> {
  const timeMs = SAMPLE_START_MS + sequence * 1000 + 500;
  const jws = await signHead(
    {
      chain,
      cluster: 'prod-eu-1',
      replica: plan.replica ?? 'holdfast-0',
      sequence,
      hash: state.hashes[sequence] ?? FIRST_PREVIOUS_HASH,
      time: new Date(timeMs).toISOString(),
      segment: first,
      sealed,
    },
    plan.key,
  );
  database.prepare('INSERT INTO heads VALUES (?, ?, ?)').run(sequence, timeMs, jws);
}
