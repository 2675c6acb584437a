/** How long it takes to find records among a million, in a journal as it lies on disk. */
import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createAnchorLedger } from '../../src/audit/verify/check-anchors.ts';
import { openJournalFolder } from '../../src/audit/verify/journal-folder.ts';
import { verifyJournal } from '../../src/audit/verify/verify-journal.ts';
import type { AuditRecord } from '../../src/audit/audit-record.ts';
import type { EntryFilter } from '../../src/audit/query/match-entry.ts';
import { parseObjectPattern } from '../../src/audit/query/parse-object-pattern.ts';
import { searchJournals } from '../../src/audit/query/search-journal.ts';
import { buildJournal, type BuiltJournal } from '../support/journal/build-journal.ts';
import { SAMPLE_START_MS, sampleRecord } from '../support/journal/sample-record.ts';
import { describeMachine, type Machine } from './machine.ts';
import { formatNumber, formatSpread, formatTable } from './report-format.ts';
import { spread } from './percentile.ts';
import { REPOSITORY_ROOT } from './workload.ts';

const SEGMENTS = 5;
const HEAD_EVERY = 10_000;
const LIMIT = 100;
const OBJECTS = 20_000;
const USERS = 500;
const WANTED_MS = 100;
const KINDS = [
  { group: 'apps', resource: 'deployments', kind: 'Deployment' },
  { group: '', resource: 'configmaps', kind: 'ConfigMap' },
  { group: '', resource: 'pods', kind: 'Pod' },
  { group: 'batch', resource: 'jobs', kind: 'Job' },
] as const;

export interface QueryPlan {
  readonly workFolder: string;
  readonly records: number;
  readonly rounds: number;
  readonly progress: (line: string) => void;
}

interface Measured {
  readonly name: string;
  readonly found: number;
  /** The first search of files that the system no longer has in memory. */
  readonly coldMs: readonly number[];
  readonly warmMs: readonly number[];
}

/** Builds the journal, searches it, and writes down what was measured. */
export async function measureQueries(plan: QueryPlan): Promise<string> {
  const machine = describeMachine();
  const { progress, records } = plan;
  progress(`writing ${formatNumber(records, 0)} records`);
  const journal = await buildJournal(join(plan.workFolder, 'journal'), {
    segments: Array.from({ length: SEGMENTS }, () => Math.ceil(records / SEGMENTS)),
    headEvery: HEAD_EVERY,
    record: benchRecord,
  });
  const measured: Measured[] = [];
  for (const [name, filter] of listSearches(records)) {
    progress(`searching by ${name}`);
    measured.push(await measureSearch(journal, { name, filter, rounds: plan.rounds }));
  }
  progress('running the command');
  const commandMs = Array.from({ length: plan.rounds }, () => timeCommand(journal));
  progress('verifying');
  const verifyMs = await timeVerification(journal);
  return formatReport({ plan, machine, journal, measured, commandMs, verifyMs });
}

/** A record of one of many objects and users; about as large as those of a real cluster. */
function benchRecord(number: number): AuditRecord {
  const object = (number * 7919) % OBJECTS;
  const kind = KINDS[object % KINDS.length] ?? KINDS[0];
  const record = sampleRecord(number);
  return {
    ...record,
    user: {
      username: `system:serviceaccount:team-${number % USERS}:deployer`,
      groups: ['system:serviceaccounts', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${record.requestUid}`] },
    },
    object: { ...record.object, ...kind, namespace: `team-${object % 200}`, name: `app-${object}` },
    change: {
      semantic: true,
      paths: Array.from({ length: 3 }, (_, index) => ({
        path: `spec.template.spec.containers[app].env[${index}].value`,
        segments: ['spec', 'template', 'spec', 'containers', 'app', 'env', index, 'value'],
        kind: 'changed' as const,
        from: `${number}`,
        to: `${number + 1}`,
      })),
      protectedKeys: [],
      truncated: false,
    },
  };
}

function listSearches(records: number): readonly (readonly [string, EntryFilter])[] {
  const object = (text: string): EntryFilter => ({ object: parseObjectPattern(text) });
  const middle = SAMPLE_START_MS + (records / 2) * 1000;
  return [
    ['one object (`deployments/team-0/app-4000`)', object('deployments/team-0/app-4000')],
    ['one object without its namespace (`deployments/app-4000`)', object('deployments/app-4000')],
    ['objects of a kind in a namespace (`deployments/team-0/*`)', object('deployments/team-0/*')],
    ['all of a kind (`deployments`)', object('deployments')],
    ['an object that is not there', object('deployments/team-0/none')],
    ['user', { username: 'system:serviceaccount:team-7:deployer' }],
    ['namespace', { namespace: 'team-0' }],
    ['policy', { policy: 'gitops_only_writes' }],
    ['an hour in the middle', { sinceMs: middle, untilMs: middle + 3_600_000 }],
    ['denied', { decision: 'denied' }],
  ];
}

async function measureSearch(
  { folder, files }: BuiltJournal,
  { name, filter, rounds }: Pick<Measured, 'name'> & { filter: EntryFilter; rounds: number },
): Promise<Measured> {
  const coldMs: number[] = [];
  const warmMs: number[] = [];
  let found = 0;
  const time = async (): Promise<number> => {
    const start = performance.now();
    found = 0;
    for await (const entry of searchJournals([folder], { filter, limit: LIMIT })) {
      found += entry.entry.recordJson.length > 0 ? 1 : 0;
    }
    return performance.now() - start;
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const file of files) dropFromMemory(file);
    coldMs.push(await time());
    for (let repeat = 0; repeat < 5; repeat += 1) warmMs.push(await time());
  }
  return { name, found, coldMs, warmMs };
}

/** Asks the system to forget a file's pages (posix_fadvise), as after a restart of the machine. */
function dropFromMemory(file: string): void {
  execFileSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
}

/** The whole command, the start of Node included. */
function timeCommand({ folder }: BuiltJournal): number {
  const start = performance.now();
  const main = join(REPOSITORY_ROOT, 'src', 'main.ts');
  const object = 'deployments/team-0/app-4000';
  const { status, stderr } = spawnSync(
    process.execPath,
    [main, 'audit', 'query', '--object', object, folder],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The command failed: ${stderr}`);
  return performance.now() - start;
}

async function timeVerification({ folder, key }: BuiltJournal): Promise<number> {
  const start = performance.now();
  const { ok, findings } = await verifyJournal(openJournalFolder(folder), {
    keys: [key],
    keysAreOwn: false,
    anchors: createAnchorLedger([]),
    nowMs: SAMPLE_START_MS,
    headAgeMaxMs: 600_000,
    findingsMax: 5,
  });
  if (!ok) throw new Error(`The journal does not verify: ${JSON.stringify(findings)}`);
  return performance.now() - start;
}

interface Report {
  readonly plan: QueryPlan;
  readonly machine: Machine;
  readonly journal: BuiltJournal;
  readonly measured: readonly Measured[];
  readonly commandMs: readonly number[];
  readonly verifyMs: number;
}

function formatReport({ plan, machine, journal, measured, commandMs, verifyMs }: Report): string {
  const bytes = journal.files.reduce((sum, file) => sum + statSync(file).size, 0);
  const byObject = measured[0];
  const [cold, warm] = [byObject?.coldMs, byObject?.warmMs].map((ms) => spread(ms ?? []).max);
  return `# Finding records

Written by \`npm run bench -- --query\`; do not edit.

${formatTable(
  ['condition', 'value'],
  [
    ['date', new Date().toISOString().slice(0, 10)],
    ['processor', `${machine.cpuModel}, ${machine.cores} cores`],
    ['memory', `${formatNumber(machine.memoryMib, 0)} MiB`],
    ['kernel', machine.kernel],
    ['load average before the run', formatNumber(machine.loadAverage, 2)],
    ['node', machine.node],
    ['records', `${formatNumber(plan.records, 0)} in ${SEGMENTS} segments, ${OBJECTS} objects`],
    [
      'size',
      `${formatNumber(bytes / 2 ** 20, 0)} MiB, ${formatNumber(bytes / plan.records, 0)} bytes a record with its indexes`,
    ],
    [
      'rounds',
      `${plan.rounds}, each once cold and five times warm; at most ${LIMIT} records found`,
    ],
  ],
)}

${formatTable(
  ['target', 'wanted', 'found', ''],
  [
    [
      'one object, warm, slowest',
      `< ${WANTED_MS} ms`,
      `${formatNumber(warm ?? 0, 1)} ms`,
      judge(warm),
    ],
    [
      'one object, cold, slowest',
      `< ${WANTED_MS} ms`,
      `${formatNumber(cold ?? 0, 1)} ms`,
      judge(cold),
    ],
  ],
)}

${formatTable(
  ['search by', 'found', 'cold ms', 'warm ms'],
  measured.map(({ name, found, coldMs, warmMs }) => [
    name,
    String(found),
    formatSpread(coldMs, 1),
    formatSpread(warmMs, 1),
  ]),
)}

Median with the lowest and the highest. Each search opens the segments, finds by their indexes, reads the records and closes
the files. Cold: the system was asked to forget the files before (\`dd iflag=nocache\`); a virtual disk may still have them.

The whole command \`holdfast audit query --object deployments/team-0/app-4000\`, the start of Node and the reading of the
TypeScript sources included: ${formatSpread(commandMs, 0)} ms.

\`holdfast audit verify\` of all of it, every hash, index and head and SQLite's own check: ${formatNumber(verifyMs / 1000, 1)} s, ${formatNumber(plan.records / (verifyMs / 1000), 0)} records a second.
`;
}

function judge(ms: number | undefined): string {
  return (ms ?? Number.POSITIVE_INFINITY) < WANTED_MS ? 'met' : 'missed';
}
