/** Runs seeds of the simulation in a process of their own, below which the failing disk answers for the kernel. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { buildFaultyDisk } from '../disk/run-faulty-disk.ts';
import { WORLD_RESULT, type WorldResult } from './world-result.ts';

const SCRIPT = join(import.meta.dirname, 'simulation-runs.ts');
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;
/** Folders in memory, where the system has them: flushes are counted by the simulated disk, not made. */
const MEMORY = '/dev/shm';

export interface SimulationOptions {
  /** Each a number, or `FIRST-LAST`. */
  readonly seeds: readonly string[];
  /** Until everything is healed. */
  readonly steps: number;
}

/** One world for each seed. */
export function runSimulation(
  test: TestContext,
  { seeds, steps }: SimulationOptions,
): readonly WorldResult[] {
  const parent = existsSync(MEMORY) ? MEMORY : tmpdir();
  const folder = mkdtempSync(join(parent, 'holdfast-simulation-'));
  test.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const library = buildFaultyDisk(folder);
  const { NODE_V8_COVERAGE: _coverage, ...environment } = process.env;
  const run = spawnSync(
    process.execPath,
    ['--expose-gc', SCRIPT, folder, String(steps), ...seeds],
    { env: { ...environment, LD_PRELOAD: library }, maxBuffer: OUTPUT_BYTES_MAX },
  );
  if (run.status !== 0) throw new Error(`simulation-runs.ts: ${run.stderr.toString()}`);
  const lines = run.stdout.toString().split('\n');
  return lines.filter((line) => line !== '').map((line) => WORLD_RESULT.parse(JSON.parse(line)));
}

/** What is wrong, with what happened before. */
export function listProblems(results: readonly WorldResult[]): readonly string[] {
  return results
    .filter(({ problems }) => problems.length > 0)
    .map(({ seed, problems, trace }) => `seed ${seed}: ${[...problems, ...trace].join('\n')}`);
}

/** For the line that a run prints. */
export function describeResults(results: readonly WorldResult[]): string {
  const sum = (of: (result: WorldResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  return `${results.length} seeds, ${sum(({ steps }) => steps)} steps, ${sum(({ crashes }) => crashes)} ends of a process, ${sum(({ acknowledged }) => acknowledged)} acknowledged records, ${sum(({ pages }) => pages)} incidents`;
}
