/** Holds mutants of a source file against its tests: the mirrored one first, then those of its folder. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceMutant } from './list-source-mutants.ts';
import { applyMutant } from './list-source-mutants.ts';
import { MUTANT_TEXT, MUTATED_MODULE } from './load-mutant.ts';

export interface FileMutant extends SourceMutant {
  /** Relative to the root. */
  readonly path: string;
}

export interface SourceMutationOptions {
  readonly root: string;
  /** A folder for the texts of mutants. */
  readonly scratch: string;
  /** More tests of a source, relative to the root; they are asked last. */
  readonly moreTests: (path: string) => readonly string[];
  /** How many processes run at once. */
  readonly atOnce: number;
}

export interface SourceMutationRun {
  readonly killed: number;
  readonly survivors: readonly FileMutant[];
}

const LOADER = fileURLToPath(new URL('load-mutant.ts', import.meta.url));
/** A mutant that loops is killed as one that fails: what takes a second takes a minute on a busy machine. */
const TEST_DEADLINE_MS = 120_000;

/** Runs them; the order of survivors is that of the mutants. */
export async function runSourceMutants(
  mutants: readonly FileMutant[],
  options: SourceMutationOptions,
): Promise<SourceMutationRun> {
  const queue = mutants.entries();
  const survives = new Set<number>();
  const work = async (slot: number): Promise<void> => {
    for (const [index, mutant] of queue) {
      if (await survivesTests(mutant, slot, options)) survives.add(index);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, (_, slot) => work(slot)));
  const survivors = mutants.filter((_, index) => survives.has(index));
  return { killed: mutants.length - survivors.length, survivors };
}

async function survivesTests(
  mutant: FileMutant,
  slot: number,
  options: SourceMutationOptions,
): Promise<boolean> {
  const { root, scratch } = options;
  const textFile = join(scratch, `mutant-${slot}.ts`);
  writeFileSync(textFile, applyMutant(readFileSync(join(root, mutant.path), 'utf8'), mutant));
  for (const test of listTests(mutant.path, options)) {
    const passes = await runTest(join(root, test), {
      ...process.env,
      [MUTATED_MODULE]: join(root, mutant.path),
      [MUTANT_TEXT]: textFile,
    });
    if (!passes) return false;
  }
  return true;
}

/** The test that mirrors the source, the others of its folder, and what the table adds; relative to the root. */
export function listTests(
  path: string,
  { root, moreTests }: Pick<SourceMutationOptions, 'root' | 'moreTests'>,
): readonly string[] {
  const mirrored = path.replace(/^src\//u, 'test/unit/').replace(/\.ts$/u, '.test.ts');
  const folder = dirname(mirrored);
  const siblings = existsSync(join(root, folder))
    ? readdirSync(join(root, folder))
        .filter((name) => name.endsWith('.test.ts'))
        .map((name) => join(folder, name))
    : [];
  const own = siblings.includes(mirrored) ? [mirrored] : [];
  return [...own, ...siblings.filter((test) => test !== mirrored), ...moreTests(path)];
}

/** Whether the file passes; by itself, without the runner's process, which would double the time. */
function runTest(file: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const { NODE_TEST_CONTEXT: _, NODE_V8_COVERAGE: __, ...rest } = env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', LOADER, file], {
      env: rest,
      stdio: 'ignore',
      timeout: TEST_DEADLINE_MS,
      killSignal: 'SIGKILL',
    });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code === 0);
    });
  });
}
