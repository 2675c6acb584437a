/** Builds the failing disk with the C compiler of the machine, and runs journals on it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { FAULTY_RUN, type FaultyRun } from './faulty-run.ts';

/** Why it cannot be built here; `false` if it can. */
export const NO_FAULTY_DISK: string | false =
  process.platform !== 'linux' || spawnSync('cc', ['--version']).status !== 0
    ? 'needs Linux and cc to build a disk that fails'
    : false;

const SOURCE = join(import.meta.dirname, 'faulty-disk.c');
const SCRIPT = join(import.meta.dirname, 'faulty-runs.ts');
const RUNS_BYTES_MAX = 64 * 1024 * 1024;

export interface FaultyRunsOptions {
  readonly firstSeed: number;
  readonly count: number;
  /** One flush in so many lies; 0: none does. */
  readonly lies: number;
}

/** The library to be preloaded. */
export function buildFaultyDisk(folder: string): string {
  const library = join(folder, 'faulty-disk.so');
  const options = ['-O1', '-shared', '-fPIC', '-o', library, SOURCE, '-ldl', '-lpthread'];
  const built = spawnSync('cc', options);
  if (built.status !== 0) throw new Error(`cc: ${built.stderr.toString()}`);
  return library;
}

/** One journal for each seed. */
export async function runFaultyDisk(
  test: TestContext,
  { firstSeed, count, lies }: FaultyRunsOptions,
): Promise<readonly FaultyRun[]> {
  const folder = await makeTemporaryFolder(test);
  const library = buildFaultyDisk(folder);
  const { NODE_V8_COVERAGE: _coverage, ...environment } = process.env;
  const run = spawnSync(
    process.execPath,
    [SCRIPT, folder, String(firstSeed), String(count), String(lies)],
    { env: { ...environment, LD_PRELOAD: library }, maxBuffer: RUNS_BYTES_MAX },
  );
  if (run.status !== 0) throw new Error(`faulty-runs.ts: ${run.stderr.toString()}`);
  const lines = run.stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => FAULTY_RUN.parse(JSON.parse(line)));
}

/** What is wrong with runs on a disk that does what it confirms: every acknowledged entry is there, or is told to be lost. */
export function listLies(runs: readonly FaultyRun[]): readonly string[] {
  return runs.flatMap((run) => {
    const { seed, missing, told, findings, problems } = run;
    const isSilent = told.length === 0 && (missing > 0 || findings.length > 0);
    return problems.length > 0 || isSilent ? [`seed ${seed}: ${JSON.stringify(run)}`] : [];
  });
}

/** On a disk that confirms what it has not written: what is missing is found by whoever knows its hash. */
export function listUnfound(runs: readonly FaultyRun[]): readonly string[] {
  return runs.flatMap((run) => {
    const { seed, missing, told, findings, problems } = run;
    const isUnfound = missing > 0 && told.length === 0 && findings.length === 0;
    return problems.length > 0 || isUnfound ? [`seed ${seed}: ${JSON.stringify(run)}`] : [];
  });
}

/** For the line that a run prints. */
export function describeRuns(runs: readonly FaultyRun[]): string {
  const sum = (of: (run: FaultyRun) => number): number =>
    runs.reduce((total, run) => total + of(run), 0);
  return `${runs.length} power failures, ${sum(({ acknowledged }) => acknowledged)} acknowledged entries, ${sum(({ faults }) => faults)} failed calls, ${sum(({ missing }) => missing)} entries missing`;
}
