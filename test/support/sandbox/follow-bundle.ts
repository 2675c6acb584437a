/** Puts a bundle of policies in force in the sandbox, as its user does: by a change of the configuration, while everything runs. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadBundle } from '../../../src/policy/load-bundle.ts';
import type { RegisteredHoldfast } from '../cluster/holdfast.ts';
import { waitFor } from '../cluster/wait-for.ts';

/** Paths of a bundle, and of the public keys that may have signed it. */
export interface SandboxBundle {
  readonly path: string;
  readonly keys: readonly string[];
}

/** Resolves once its policies judge, all of them in mode enforce. */
export async function followBundle(
  { folder, operationsUrl }: RegisteredHoldfast,
  { path, keys }: SandboxBundle,
): Promise<void> {
  const { manifest } = await loadBundle(path);
  const file = join(folder, 'holdfast.yaml');
  const configuration: object = JSON.parse(await readFile(file, 'utf8'));
  const policies = { bundle: path, keys: keys.map((key) => ({ file: key })), mode: 'enforce' };
  await writeFile(`${file}.new`, JSON.stringify({ ...configuration, policies }, undefined, 2));
  await rename(`${file}.new`, file);
  await waitFor('the policies of the bundle judge', async () => {
    const text = await (await fetch(`${operationsUrl}/metrics`)).text();
    return text
      .split('\n')
      .some(
        (line) =>
          line.startsWith('holdfast_build_info{') &&
          line.includes(`policy_revision="${manifest.revision}"`) &&
          line.endsWith(' 1'),
      );
  });
}
