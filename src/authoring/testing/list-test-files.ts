/** Where the Rego tests of a folder of policies are. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleSource } from '../bundle-source.ts';

/** The test files beside the sources, relative to their folder. */
export async function listTestFiles({
  folder,
  policies,
}: BundleSource): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of [...policies.map((policy) => policy.name), 'lib']) {
    const files = await readdir(join(folder, name)).catch(() => []);
    const tests = files.filter((file) => file.endsWith('_test.rego')).toSorted();
    found.push(...tests.map((file) => `${name}/${file}`));
  }
  return found;
}
