/** Policies compiled without the checks of a build: also what a build would refuse must be judged rightly. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { classifyInputReads, type InputReads } from '../../src/authoring/classify-input-reads.ts';
import { ENTRY_POINT, formatEntryModules } from '../../src/authoring/format-entry-module.ts';
import { ensureOpa } from '../../src/authoring/opa-binary.ts';
import { parsePlan } from '../../src/authoring/opa-plan.ts';
import { runOpa } from '../../src/authoring/opa-program.ts';
import { readTarEntry } from '../../src/authoring/tar-entry.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import type { RuleName } from '../../src/policy/descriptor.ts';
import type { ClosingHooks } from './closing-hooks.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

interface CompileOptions {
  readonly libraries?: ReadonlyMap<string, string>;
  readonly rulesOf?: (policy: string) => readonly RuleName[];
}

export interface CompiledPolicies {
  readonly moduleBytes: Uint8Array<ArrayBuffer>;
  readonly reads: ReadonlyMap<string, InputReads>;
}

/** Compiles policies by name, with libraries by file name. */
export async function compilePolicies(
  test: ClosingHooks,
  policies: ReadonlyMap<string, string>,
  { libraries = new Map(), rulesOf = () => ['deny'] }: CompileOptions = {},
): Promise<CompiledPolicies> {
  const folder = await makeTemporaryFolder(test);
  const names = [...policies.keys()];
  const files = new Map<string, string>([
    ...names.map((name) => [`${name}/${name}.rego`, policies.get(name) ?? ''] as const),
    ...libraries,
  ]);
  const entry = formatEntryModules(names.map((name) => ({ name, rules: rulesOf(name) })));
  for (const [name, text] of entry) files.set(`_entry/${name}`, text);
  for (const [name, text] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const opa = await ensureOpa({ cacheFolder: cacheFolder() });
  const build = async (target: string, name: string): Promise<Uint8Array<ArrayBuffer>> => {
    const archive = join(folder, `${target}.tar.gz`);
    const argv = ['build', '-t', target, '-e', ENTRY_POINT, '-o', archive, ...files.keys()];
    await runOpa(opa.path, argv, folder);
    return Uint8Array.from(readTarEntry(await readFile(archive), name) ?? []);
  };
  const moduleBytes = await build('wasm', '/policy.wasm');
  const plan = parsePlan(JSON.parse(Buffer.from(await build('plan', '/plan.json')).toString()));
  const reads = new Map(names.map((name) => [name, classifyInputReads(plan, name)]));
  return { moduleBytes, reads };
}

/** The policies and libraries of a folder, each by its name. */
export async function readPolicyTexts(folder: string): Promise<{
  readonly policies: ReadonlyMap<string, string>;
  readonly libraries: ReadonlyMap<string, string>;
}> {
  const policies = new Map<string, string>();
  const libraries = new Map<string, string>();
  for (const name of await readdir(folder)) {
    if (name === 'lib') {
      for (const file of await readdir(join(folder, name))) {
        libraries.set(`lib/${file}`, await readFile(join(folder, name, file), 'utf8'));
      }
    } else policies.set(name, await readFile(join(folder, name, `${name}.rego`), 'utf8'));
  }
  return { policies, libraries };
}
