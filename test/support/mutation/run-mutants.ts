/**
 * Runs the Rego tests against many mutants in one process of OPA: each mutant is a copy of the package under another name,
 * with its own copy of the tests. Compiling the copies together costs less than starting OPA for each.
 */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { runProgram } from '../runner/run-tool.ts';
import { listMutants, type Mutant } from './list-mutants.ts';

/** A package with its tests: a folder below `policies/`. */
export interface MutatedFolder {
  /** For example `lib`, `managed_children`. */
  readonly name: string;
  /** The package of its files without a last part: `holdfast.lib`, `holdfast.policies.managed_children`. */
  readonly prefix: string;
  /** Those that are changed. */
  readonly files: readonly string[];
}

export interface FileMutant extends Mutant {
  /** Without the folder. */
  readonly file: string;
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
  /** A folder for the copies. */
  readonly scratch: string;
}

/** Copies in one process: more take more memory, fewer take longer. */
const BATCH_MUTANTS = 25;
const REGO = '.rego';

const ROWS = z.array(
  z.object({ package: z.string(), fail: z.boolean().optional(), error: z.unknown().optional() }),
);
const CHECK = z.object({
  errors: z.array(z.object({ location: z.object({ file: z.string() }).optional() })),
});

/** The mutants of the files of a folder. */
export async function readMutants(
  policies: string,
  { name, files }: MutatedFolder,
): Promise<readonly FileMutant[]> {
  const listed = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(policies, name, file), 'utf8');
      return listMutants(text).map((mutant) => ({ ...mutant, file }));
    }),
  );
  return listed.flat();
}

/** Holds each mutant against the tests of its folder. */
export async function runMutants(
  folder: MutatedFolder,
  mutants: readonly FileMutant[],
  options: MutationOptions,
): Promise<MutationRun> {
  const runs: MutationRun[] = [];
  for (let at = 0; at < mutants.length; at += BATCH_MUTANTS) {
    runs.push(await runBatch(folder, mutants.slice(at, at + BATCH_MUTANTS), options));
  }
  return {
    killed: runs.reduce((sum, { killed }) => sum + killed, 0),
    invalid: runs.reduce((sum, { invalid }) => sum + invalid, 0),
    survivors: runs.flatMap(({ survivors }) => survivors),
  };
}

async function runBatch(
  folder: MutatedFolder,
  mutants: readonly FileMutant[],
  options: MutationOptions,
): Promise<MutationRun> {
  const scratch = join(options.scratch, folder.name);
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  await Promise.all(
    mutants.map((mutant, index) => writeCopy(folder, mutant, { ...options, index, scratch })),
  );
  const shared = folder.name === 'lib' ? [] : [join(options.policies, 'lib')];
  const paths = [...shared, scratch];
  // The tests that are named after the file kill most: the others run for what is left.
  const own = [...new Set(mutants.map(({ file }) => basename(file, REGO)))];
  const selection = [`--run=\\.(${own.join('|')})_test\\.`];
  let valid: ReadonlySet<number> = new Set(mutants.keys());
  let killed = await findKilled(paths, options, selection);
  if (killed === undefined) {
    valid = await dropInvalid(paths, mutants, options);
    killed = await findKilled(paths, options, selection);
  }
  assert.ok(killed !== undefined, 'Copies that compile do not run');
  const left = [...valid].filter((index) => !killed.has(index));
  for (const index of killed) await rm(join(scratch, String(index)), { recursive: true });
  const later = left.length === 0 ? undefined : await findKilled(paths, options, []);
  return {
    killed: killed.size + (later?.size ?? 0),
    invalid: mutants.length - valid.size,
    survivors: mutants.filter((_, index) => left.includes(index) && !(later?.has(index) ?? false)),
  };
}

/** The numbers of the copies in which some test fails; `undefined` where some copy does not compile. */
async function findKilled(
  paths: readonly string[],
  { opa, scratch }: MutationOptions,
  selection: readonly string[],
): Promise<ReadonlySet<number> | undefined> {
  const args = ['test', '--format', 'json', ...selection, ...paths];
  const { stdout } = await runProgram({
    name: 'opa test',
    command: opa,
    args,
    cwd: scratch,
  });
  if (stdout === '') return undefined;
  const rows = ROWS.parse(JSON.parse(stdout) ?? []);
  return new Set(
    rows
      .filter(({ fail, error }) => fail === true || error !== undefined)
      .map((row) => Number(/\.mutant(?<index>\d+)\b/u.exec(row.package)?.groups?.['index'])),
  );
}

interface CopyPlace {
  readonly index: number;
  readonly scratch: string;
  readonly policies: string;
}

/** All files of the folder under a package of their own. */
async function writeCopy(
  { name, prefix }: MutatedFolder,
  { file: mutated, text: changed }: FileMutant,
  { index, scratch, policies }: CopyPlace,
): Promise<void> {
  const target = join(scratch, String(index));
  await mkdir(target);
  const files = (await readdir(join(policies, name))).filter((file) => file.endsWith(REGO));
  for (const file of files) {
    const text = file === mutated ? changed : await readFile(join(policies, name, file), 'utf8');
    const renamed = text.replaceAll(prefix, `holdfast.mutant${index}.${prefix}`);
    await writeFile(join(target, file), renamed);
  }
}

/** OPA compiles all or nothing: copies that do not compile are removed. */
async function dropInvalid(
  folders: readonly string[],
  mutants: readonly FileMutant[],
  { opa, scratch }: MutationOptions,
): Promise<ReadonlySet<number>> {
  const valid = new Set(mutants.keys());
  for (;;) {
    const { stdout, stderr } = await runProgram({
      name: 'opa check',
      command: opa,
      args: ['check', '--format', 'json', '--max-errors', '0', ...folders],
      cwd: scratch,
    });
    const text = [stdout, stderr].find((part) => part.trimStart().startsWith('{'));
    const errors = text === undefined ? [] : CHECK.parse(JSON.parse(text)).errors;
    if (errors.length === 0) return valid;
    const root = folders.at(-1) ?? '';
    for (const { location } of errors) {
      const index = Number(
        location?.file.slice(location.file.indexOf(root) + root.length + 1).split('/')[0],
      );
      if (!Number.isInteger(index)) throw new Error(`opa check: ${text}`);
      valid.delete(index);
      await rm(join(root, String(index)), { recursive: true, force: true });
    }
  }
}
