/** Compiles modules of both versions of Rego into one: OPA reads the version of each file from the manifest of a bundle. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildWithOpa } from '../build-with-opa.ts';
import { ENTRY_POINT } from '../format-entry-module.ts';
import { writeCapabilities } from '../write-capabilities.ts';
import { writeSources } from '../write-sources.ts';
import { regoVersionsOf } from './rego-versions.ts';
import type { PrepareOptions } from './prepare-template.ts';
import type { VersionedModule } from './versioned-module.ts';

/** Below the folder of a compilation: the module holds the names of its files, which are the same everywhere. */
const SOURCES = 'sources';

/** The bytes of the module. Throws `policy_source_invalid` with what OPA says. */
export async function compileModules(
  modules: ReadonlyMap<string, VersionedModule>,
  { opaPath, workFolder }: PrepareOptions,
): Promise<Uint8Array> {
  const folder = join(workFolder, SOURCES);
  await writeSources(new Map([...modules].map(([file, { text }]) => [file, text])), folder);
  const older = [...modules].filter(([, { regoVersion }]) => regoVersion === 0);
  await writeRegoVersions(
    older.map(([file]) => file),
    folder,
  );
  return await buildWithOpa({
    opaPath,
    target: 'wasm',
    entryPoints: [ENTRY_POINT],
    inputs: ['-b', SOURCES],
    folder: workFolder,
    workFolder,
    capabilities: await writeCapabilities(opaPath, workFolder),
  });
}

/** Says which files of a folder are of Rego v0, to OPA that reads it as a bundle. */
export async function writeRegoVersions(older: readonly string[], folder: string): Promise<void> {
  const manifest = { rego_version: 1, file_rego_versions: regoVersionsOf(older) };
  await writeFile(join(folder, '.manifest'), JSON.stringify(manifest));
}
