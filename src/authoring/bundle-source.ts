/** The Rego files of a policy folder: `<name>/<name>.rego` for each policy, `lib/*.rego` for shared code. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { HoldfastError } from '../errors.ts';

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
const POLICY_NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** Reads the folder. Tests (`*_test.rego`) are not part of a bundle; any other stray Rego file is an error. */
export async function readBundleSource(folder: string): Promise<BundleSource> {
  const names = await listFolders(folder);
  const policies = [];
  for (const name of names) {
    if (name === LIBRARY_FOLDER) continue;
    policies.push({ name, ...(await readPolicy(folder, name)) });
  }
  if (policies.length === 0) {
    throw invalid(`Found no policy in "${folder}": wanted "<name>/<name>.rego"`);
  }
  const libraries = [];
  for (const file of names.includes(LIBRARY_FOLDER) ? await listRego(folder, LIBRARY_FOLDER) : []) {
    libraries.push({ file, text: await readFile(join(folder, file), 'utf8') });
  }
  return { folder, policies, libraries };
}

/** A hash of every source file's name and text. */
export function hashSource({ policies, libraries }: BundleSource): string {
  const hash = createHash('sha256');
  for (const { file, text } of [...policies, ...libraries]) {
    hash.update(JSON.stringify([file, text]));
  }
  return hash.digest('hex');
}

async function readPolicy(folder: string, name: string): Promise<SourceFile> {
  if (!POLICY_NAME.test(name)) {
    throw invalid(
      `Policy folder "${join(folder, name)}" has an unusable name: wanted lower case letters, digits and "_", at most 63, a letter first`,
    );
  }
  const files = await listRego(folder, name);
  const expected = `${name}/${name}.rego`;
  for (const file of files) {
    if (file === expected) continue;
    throw invalid(
      `Unexpected "${file}": a policy folder holds "${basename(expected)}" and its "_test.rego"; put shared code into "${LIBRARY_FOLDER}/"`,
    );
  }
  if (files.length === 0) throw invalid(`Policy folder "${name}" lacks "${expected}"`);
  return { file: expected, text: await readFile(join(folder, expected), 'utf8') };
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
