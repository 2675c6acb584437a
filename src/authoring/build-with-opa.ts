/** Compiles Rego with OPA: to WebAssembly, or to the plan of which OPA writes that. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../errors.ts';
import { runOpa } from './opa-program.ts';
import { readTarEntry } from './tar-entry.ts';

export interface OpaBuild {
  readonly opaPath: string;
  readonly target: keyof typeof ENTRIES;
  /** `holdfast/entry/verdicts`. */
  readonly entryPoints: readonly string[];
  /** The last words of the command: files, or `-b` and a folder. */
  readonly inputs: readonly string[];
  /** What the inputs are relative to. */
  readonly folder: string;
  /** Where OPA's archive may be written. */
  readonly workFolder: string;
  /** The file of `writeCapabilities`. Absent: whatever OPA has. */
  readonly capabilities?: string | undefined;
}

/** What is read of the archive. */
const ENTRIES = { wasm: '/policy.wasm', plan: '/plan.json' } as const;

/** The bytes of the module or the plan. Throws `policy_source_invalid` with what OPA says. */
export async function buildWithOpa(build: OpaBuild): Promise<Uint8Array> {
  const { opaPath, target, entryPoints, inputs, folder, workFolder, capabilities } = build;
  const archive = join(workFolder, `${target}.tar.gz`);
  const entries = entryPoints.flatMap((name) => ['-e', name]);
  const limits = capabilities === undefined ? [] : ['--capabilities', capabilities];
  await runOpa(
    opaPath,
    ['build', '-t', target, ...entries, ...limits, '-o', archive, ...inputs],
    folder,
  );
  const entry = ENTRIES[target];
  const built = readTarEntry(await readFile(archive), entry);
  if (built) return built;
  throw new HoldfastError('policy_source_invalid', `OPA built a bundle without "${entry}"`);
}
