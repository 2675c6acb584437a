/** The Rego files of a policy folder: `<name>/<name>.rego` for each policy, `lib/*.rego` for shared code. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { HoldfastError } from '../errors.ts';
import type { SourceProblem } from './source-problem.ts';

export interface SourceFile {
  /** Relative to the source folder, with slashes: `lib/names.rego`. */
  readonly file: string;
  readonly text: string;
}

export interface BundleSource {
  readonly folder: string;
  readonly policies: readonly (SourceFile & { readonly name: string })[];
  readonly libraries: readonly SourceFile[];
}

const LIBRARY_FOLDER = 'lib';
/** Shared code, and the schema of the input. */
const OTHER_FOLDERS: ReadonlySet<string> = new Set([LIBRARY_FOLDER, 'schema']);
const POLICY_NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** Whether a policy, and so its folder, can have this name. */
export function isPolicyName(name: string): boolean {
  return POLICY_NAME.test(name) && !OTHER_FOLDERS.has(name);
}

/** Reads the folder. Tests (`*_test.rego`) are not part of a bundle; any other stray Rego file is an error. */
export async function readBundleSource(folder: string): Promise<BundleSource> {
  const { source, problems } = await scanBundleSource(folder);
  if (problems.length > 0) throw invalid(problems.map(({ text }) => text).join('\n'));
  return source;
}

/** The same with every folder that is no policy, and without the first of them ending it. */
export async function scanBundleSource(
  folder: string,
): Promise<{ readonly source: BundleSource; readonly problems: readonly SourceProblem[] }> {
  const names = await listFolders(folder);
  const policies = [];
  const problems: SourceProblem[] = [];
  for (const name of names) {
    if (OTHER_FOLDERS.has(name)) continue;
    const text = await findLayoutProblem(folder, name);
    if (text !== undefined) {
      problems.push({ file: name, code: 'source_layout', text });
      continue;
    }
    const file = `${name}/${name}.rego`;
    policies.push({ name, file, text: await readFile(join(folder, file), 'utf8') });
  }
  if (policies.length === 0 && problems.length === 0) {
    const text = `Found no policy in "${folder}": wanted "<name>/<name>.rego"`;
    problems.push({ file: '.', code: 'source_layout', text });
  }
  const libraries = [];
  for (const file of names.includes(LIBRARY_FOLDER) ? await listRego(folder, LIBRARY_FOLDER) : []) {
    libraries.push({ file, text: await readFile(join(folder, file), 'utf8') });
  }
  return { source: { folder, policies, libraries }, problems };
}

/** A hash of every source file's name and text. */
export function hashSource({ policies, libraries }: BundleSource): string {
  const hash = createHash('sha256');
  for (const { file, text } of [...policies, ...libraries]) {
    hash.update(JSON.stringify([file, text]));
  }
  return hash.digest('hex');
}

async function findLayoutProblem(folder: string, name: string): Promise<string | undefined> {
  if (!POLICY_NAME.test(name)) {
    return `Policy folder "${join(folder, name)}" has an unusable name: wanted lower case letters, digits and "_", at most 63, a letter first`;
  }
  const files = await listRego(folder, name);
  const expected = `${name}/${name}.rego`;
  const other = files.find((file) => file !== expected);
  if (other !== undefined) {
    return `Unexpected "${other}": a policy folder holds "${basename(expected)}" and its "_test.rego"; put shared code into "${LIBRARY_FOLDER}/"`;
  }
  return files.length === 0 ? `Policy folder "${name}" lacks "${expected}"` : undefined;
}

async function listFolders(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .toSorted();
  } catch (fault) {
    throw new HoldfastError('policy_source_invalid', `Cannot read the policy folder "${folder}"`, {
      cause: fault,
    });
  }
}

async function listRego(folder: string, below: string): Promise<string[]> {
  const names = await readdir(join(folder, below));
  return names
    .filter((name) => name.endsWith('.rego') && !name.endsWith('_test.rego'))
    .toSorted()
    .map((name) => `${below}/${name}`);
}

function invalid(message: string): HoldfastError {
  return new HoldfastError('policy_source_invalid', message);
}
