/** Compiles modules of both versions of Rego into one: OPA reads the version of each file from the manifest of a bundle. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../base/make-folder.ts';
import { HoldfastError } from '../../errors.ts';
import { HOST_BUILTIN_NAMES } from '../../policy/wasm/builtins/builtin-names.ts';
import { restrictCapabilities } from '../compiler-capabilities.ts';
import { ENTRY_POINT } from '../format-entry-module.ts';
import { runOpa } from '../opa-program.ts';
import { readTarEntry } from '../tar-entry.ts';
import { regoVersionsOf } from './rego-versions.ts';
import type { PrepareOptions, VersionedModule } from './prepare-template.ts';

/** Below the folder of a compilation: the module holds the names of its files, which are the same everywhere. */
const SOURCES = 'sources';

/** Of each program: a suite compiles many templates. */
const known = new Map<string, Promise<string>>();

function findCapabilities(opaPath: string, workFolder: string): Promise<string> {
  let found = known.get(opaPath);
  if (found === undefined) {
    found = runOpa(opaPath, ['capabilities', '--current'], workFolder).then((current) =>
      JSON.stringify(restrictCapabilities(JSON.parse(current), [...HOST_BUILTIN_NAMES])),
    );
    known.set(opaPath, found);
  }
  return found;
}

/** The bytes of the module. Throws `policy_source_invalid` with what OPA says. */
export async function compileModules(
  modules: ReadonlyMap<string, VersionedModule>,
  { opaPath, workFolder }: PrepareOptions,
): Promise<Uint8Array> {
  await writeModules(modules, join(workFolder, SOURCES));
  const capabilities = join(workFolder, 'capabilities.json');
  await writeFile(capabilities, await findCapabilities(opaPath, workFolder));
  const archive = join(workFolder, 'wasm.tar.gz');
  const argv = ['build', '-t', 'wasm', '-e', ENTRY_POINT, '--capabilities', capabilities];
  await runOpa(opaPath, [...argv, '-o', archive, '-b', SOURCES], workFolder);
  const built = readTarEntry(await readFile(archive), '/policy.wasm');
  if (built) return built;
  throw new HoldfastError('policy_source_invalid', 'OPA built a bundle without "/policy.wasm"');
}

async function writeModules(
  modules: ReadonlyMap<string, VersionedModule>,
  folder: string,
): Promise<void> {
  for (const [file, { text }] of modules) {
    makeFolder(dirname(join(folder, file)));
    await writeFile(join(folder, file), text);
  }
  const older = [...modules].filter(([, { regoVersion }]) => regoVersion === 0);
  await writeRegoVersions(
    older.map(([file]) => file),
    folder,
  );
}

/** Says which files of a folder are of Rego v0, to OPA that reads it as a bundle. */
export async function writeRegoVersions(older: readonly string[], folder: string): Promise<void> {
  const manifest = { rego_version: 1, file_rego_versions: regoVersionsOf(older) };
  await writeFile(join(folder, '.manifest'), JSON.stringify(manifest));
}
