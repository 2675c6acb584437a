/**
 * Runs the Rego tests against many mutants in one process of OPA: each mutant is a copy of its package and of what reads
 * it, under other names, with its own copy of the tests. Compiling them together costs less than starting OPA for each.
 */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { runProgram } from '../runner/run-tool.ts';
import { listMutants, type Mutant } from './list-mutants.ts';
import { findRead, findReaders, listTestGroups, type RegoModule } from './rego-modules.ts';

export interface FileMutant extends Mutant {
  readonly module: RegoModule;
}

export interface MutationRun {
  readonly killed: number;
  /** A name was then bound nowhere, or similar: OPA does not compile it. */
  readonly invalid: number;
  readonly survivors: readonly FileMutant[];
}

export interface MutationOptions {
  readonly opa: string;
  /** `policies/` of the repository. */
  readonly policies: string;
  readonly modules: readonly RegoModule[];
  /** A folder for the copies. */
  readonly scratch: string;
  /** Processes of OPA. */
  readonly atOnce: number;
}

/** A mutant beside one group of its tests. */
interface Copy {
  /** In the names of its packages. */
  readonly id: number;
  readonly mutant: FileMutant;
  readonly tests: readonly RegoModule[];
}

type Outcome = 'killed' | 'invalid' | 'survived';

/** Copies in one process: more take more memory, fewer take longer. */
const BATCH_COPIES = 40;
/** Of Go: a third less time for a quarter of a gigabyte. */
const COLLECT_SELDOM = { GOGC: '400' };

/** OPA's own limit of five seconds would fail a test, and kill a mutant, on a busy machine. */
const PATIENT = ['--timeout', '5m'];
const ONLY_MUTANTS = ['--run', String.raw`\.mutant\d+\.`];

const ROWS = z.array(
  z.object({ package: z.string(), fail: z.boolean().optional(), error: z.unknown().optional() }),
);
/** `mutant7/changes.rego:12: rego_unsafe_var_error: …` */
const COMPILE_ERROR = /mutant(?<id>\d+)\/\S+\.rego:\d+: rego_/gu;

/** The mutants of all modules that are no tests. */
export function allMutants(modules: readonly RegoModule[]): readonly FileMutant[] {
  return modules
    .filter(({ isTest }) => !isTest)
    .flatMap((module) => listMutants(module.text).map((mutant) => ({ ...mutant, module })));
}

/** The packages of tests that fail on the policies as they are. */
export async function findFailing({ opa, policies }: MutationOptions): Promise<readonly string[]> {
  const { stdout, stderr, end } = await runProgram({
    name: 'opa test',
    command: opa,
    args: ['test', '--format', 'json', ...PATIENT, policies],
    cwd: policies,
  });
  assert.notEqual(stdout, '', `opa test: ${end}: ${stderr}`);
  return failuresIn(stdout);
}

/** Holds each mutant against the tests that can notice it, one group after the other until one fails. */
export async function runMutants(
  mutants: readonly FileMutant[],
  options: MutationOptions,
): Promise<MutationRun> {
  const invalid = new Set<FileMutant>();
  const killed = new Set<FileMutant>();
  const groupsOf = new Map(
    mutants.map((mutant) => [mutant, listTestGroups(options.modules, mutant.module)]),
  );
  for (let round = 0; ; round++) {
    const copies = mutants
      .filter((mutant) => !killed.has(mutant) && !invalid.has(mutant))
      .flatMap((mutant, id) => {
        const tests = groupsOf.get(mutant)?.[round];
        return tests === undefined ? [] : [{ id, mutant, tests }];
      });
    if (copies.length === 0) break;
    const batches = Array.from({ length: Math.ceil(copies.length / BATCH_COPIES) }, (_, number) =>
      copies.slice(number * BATCH_COPIES, (number + 1) * BATCH_COPIES),
    );
    const judge = async (): Promise<void> => {
      for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
        const outcomes = await runBatch(batch, options);
        for (const { id, mutant } of batch) {
          if (outcomes.get(id) === 'killed') killed.add(mutant);
          if (outcomes.get(id) === 'invalid') invalid.add(mutant);
        }
      }
    };
    await Promise.all(Array.from({ length: options.atOnce }, judge));
  }
  return {
    killed: killed.size,
    invalid: invalid.size,
    survivors: mutants.filter((mutant) => !killed.has(mutant) && !invalid.has(mutant)),
  };
}

/** OPA compiles all or nothing: copies that do not compile are removed, and the others tried again. */
async function runBatch(
  copies: readonly Copy[],
  options: MutationOptions,
): Promise<ReadonlyMap<number, Outcome>> {
  const scratch = await mkdtemp(join(options.scratch, 'batch-'));
  const written = await Promise.all(
    copies.map(async (copy) => await writeCopy(copy, { ...options, scratch })),
  );
  const copied = written.flat();
  const read = findRead(options.modules, copied);
  const shared = options.modules
    .filter(({ package: name }) => read.has(name))
    .map(({ folder, file }) => join(options.policies, folder, file));
  const outcomes = new Map<number, Outcome>(copies.map(({ id }) => [id, 'survived']));
  for (;;) {
    const { stdout, stderr, end } = await runProgram({
      name: 'opa test',
      command: options.opa,
      args: [
        'test',
        '--format',
        'json',
        '--max-errors',
        '0',
        ...PATIENT,
        ...ONLY_MUTANTS,
        ...shared,
        '.',
      ],
      cwd: scratch,
      environment: COLLECT_SELDOM,
    });
    if (stdout !== '') {
      for (const name of failuresIn(stdout)) {
        outcomes.set(Number(/\.mutant(?<id>\d+)\./u.exec(name)?.groups?.['id']), 'killed');
      }
      await rm(scratch, { recursive: true });
      return outcomes;
    }
    const broken = [...stderr.matchAll(COMPILE_ERROR)].map(({ groups }) => Number(groups?.['id']));
    assert.ok(broken.length > 0, `opa test: ${end}: ${stderr}`);
    for (const id of new Set(broken)) {
      outcomes.set(id, 'invalid');
      await rm(join(scratch, `mutant${id}`), { recursive: true });
    }
  }
}

/** The packages in which some test fails. */
function failuresIn(stdout: string): readonly string[] {
  return ROWS.parse(JSON.parse(stdout) ?? [])
    .filter(({ fail, error }) => fail === true || error !== undefined)
    .map((row) => row.package);
}

/** The changed module, the tests, and what is between them, under packages of their own; answers what was copied. */
async function writeCopy(
  { id, mutant, tests }: Copy,
  { modules, scratch }: MutationOptions,
): Promise<readonly RegoModule[]> {
  const readers = findReaders(modules, mutant.module.package);
  const between = findRead(modules, tests);
  const copied = modules.filter(
    (module) =>
      tests.includes(module) || (readers.has(module.package) && between.has(module.package)),
  );
  const packages = copied.map(({ package: name }) => name.replaceAll('.', String.raw`\.`));
  const names = new RegExp(String.raw`\b(?:${packages.join('|')})\b`, 'gu');
  const target = join(scratch, `mutant${id}`);
  await mkdir(target, { recursive: true });
  for (const module of copied) {
    const text = module === mutant.module ? mutant.text : module.text;
    const renamed = text.replaceAll(names, (name) => renameTo(id, name));
    await writeFile(join(target, `${module.folder}.${module.file}`), renamed);
  }
  return copied;
}

function renameTo(id: number, name: string): string {
  return name.replace('holdfast.', `holdfast.mutant${id}.`);
}
