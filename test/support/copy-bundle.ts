/** Bundles of the same policies whose contents are not the same. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MANIFEST_FILE } from '../../src/policy/bundle/bundle-files.ts';
import { manifestSchema, revisionOf } from '../../src/policy/manifest.ts';

/** Copies a built bundle to a folder whose name stands in the manifest, so that its revision is another one. Returns the folder. */
export async function copyBundle(from: string, to: string): Promise<string> {
  await cp(from, to, { recursive: true });
  const path = join(to, MANIFEST_FILE);
  const { revision: _built, ...contents } = manifestSchema.parse(
    JSON.parse(await readFile(path, 'utf8')),
  );
  const renamed = { ...contents, opaVersion: basename(to) };
  await writeFile(path, JSON.stringify({ ...renamed, revision: revisionOf(renamed) }));
  return to;
}
