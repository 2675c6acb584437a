/** Compiles a folder of Rego into a bundle folder: one WASM module and a manifest. */
import { chmod, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { makeFolder } from '../base/make-folder.ts';

import { HoldfastError } from '../errors.ts';
import { readBundleSource, type BundleSource } from './bundle-source.ts';
import { classifyPolicySource } from './classify-policy-source.ts';
import { classifyInputReads } from './classify-input-reads.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import { ENTRY_POINT, formatEntryModules } from './format-entry-module.ts';
import {
  BUNDLE_FORMAT,
  MANIFEST_FILE,
  MODULE_FILE,
  revisionOf,
  sha256,
  type Manifest,
} from '../policy/manifest.ts';
import type { OpaLocation } from './opa-binary.ts';
import { parsePlan, type Plan } from './opa-plan.ts';
import { runOpa } from './opa-program.ts';
import { readModules } from './read-modules.ts';
import { formatSourceProblem, type SourceProblem } from './source-problem.ts';
import { readTarEntry } from './tar-entry.ts';
import { readRequiredBuiltins } from '../policy/wasm/wasm-host.ts';
import { writeCapabilities } from './write-capabilities.ts';

export interface BuildOptions {
  /** The folder with `<name>/<name>.rego` and `lib/*.rego`. */
  readonly sourceFolder: string;
  /** New, empty or a bundle: replaced atomically if the build succeeds, unchanged if it fails. */
  readonly outputFolder: string;
  readonly opa: Pick<OpaLocation, 'path' | 'version'>;
  /** Called with one line per slow step. */
  readonly progress?: (line: string) => void;
}

/** Builds a bundle. Throws a `HoldfastError` that lists every problem with file and line. */
export async function buildBundle(options: BuildOptions): Promise<Manifest> {
  const source = await readBundleSource(resolve(options.sourceFolder));
  await refuseForeignFolder(options.outputFolder);
  options.progress?.(
    `Compiling ${source.policies.length} policies with OPA ${options.opa.version}`,
  );
  const workFolder = await mkdtemp(join(tmpdir(), 'holdfast-build-'));
  try {
    const described = await describePolicies(source, options);
    const { module, plan } = await compile(source, described, { ...options, workFolder });
    const descriptors = described.map((policy) => ({
      ...policy,
      ...classifyInputReads(plan, policy.name),
    }));
    const manifest = describeBundle(module, {
      source,
      descriptors,
      opaVersion: options.opa.version,
    });
    await writeBundle(options.outputFolder, manifest, module);
    return manifest;
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function describePolicies(
  source: BundleSource,
  { opa }: BuildOptions,
): Promise<readonly PolicyDescriptor[]> {
  const files = [...source.libraries, ...source.policies].map(({ file }) => file);
  const { modules, problems } = await readModules(files, { opaPath: opa.path, ...source });
  if (problems.length > 0) throw invalidSource(problems);
  const libraries = source.libraries.flatMap(({ file }) => modules.get(file) ?? []);
  const policies = source.policies.flatMap((policy) => {
    const module = modules.get(policy.file);
    return module === undefined ? [] : [{ ...policy, module }];
  });
  const verdict = classifyPolicySource(policies, libraries);
  if (!verdict.ok) throw invalidSource(verdict.problems);
  return verdict.descriptors;
}

function invalidSource(problems: readonly SourceProblem[]): HoldfastError {
  const lines = problems.map(formatSourceProblem);
  return new HoldfastError('policy_source_invalid', lines.join('\n'));
}

/**
 * The module contains its source names: they must be the same relative names on every machine, otherwise its
 * hash would differ.
 */
async function writeSources(
  source: BundleSource,
  descriptors: readonly PolicyDescriptor[],
  folder: string,
): Promise<readonly string[]> {
  const texts = new Map([...source.policies, ...source.libraries].map((of) => [of.file, of.text]));
  // No policy can have this name, so generated files and policy files cannot overwrite each other.
  for (const [name, text] of formatEntryModules(descriptors)) texts.set(`_entry/${name}`, text);
  for (const [file, text] of texts) {
    makeFolder(dirname(join(folder, file)));
    await writeFile(join(folder, file), text);
  }
  return [...texts.keys()];
}

async function compile(
  source: BundleSource,
  descriptors: readonly PolicyDescriptor[],
  { opa, workFolder }: BuildOptions & { readonly workFolder: string },
): Promise<CompiledPolicies> {
  const files = await writeSources(source, descriptors, workFolder);
  const capabilities = await writeCapabilities(opa.path, workFolder);
  const sources = [...source.policies, ...source.libraries].map(({ file }) => file);
  // Unused imports and variables, and other mistakes that OPA reports.
  const check = ['check', '--strict', '--format', 'json', '--capabilities', capabilities];
  await runOpa(opa.path, [...check, ...sources], workFolder);
  const build = async (target: 'plan' | 'wasm', entry: string): Promise<Uint8Array> => {
    const archive = join(workFolder, `${target}.tar.gz`);
    const argv = ['build', '-t', target, '-e', ENTRY_POINT, '--capabilities', capabilities];
    await runOpa(opa.path, [...argv, '-o', archive, ...files], workFolder);
    const built = readTarEntry(await readFile(archive), entry);
    if (built) return built;
    throw new HoldfastError('policy_source_invalid', `OPA built a bundle without "${entry}"`);
  };
  const module = await build('wasm', '/policy.wasm');
  const plan: unknown = JSON.parse(new TextDecoder().decode(await build('plan', '/plan.json')));
  return { module, plan: parsePlan(plan) };
}

interface CompiledPolicies {
  readonly module: Uint8Array;
  /** What the module was written from. */
  readonly plan: Plan;
}

interface BundleParts {
  readonly source: BundleSource;
  readonly descriptors: readonly PolicyDescriptor[];
  readonly opaVersion: string;
}

function describeBundle(module: Uint8Array, parts: BundleParts): Manifest {
  const required = readRequiredBuiltins(new WebAssembly.Module(new Uint8Array(module)));
  const files = [...parts.source.policies, ...parts.source.libraries];
  const builtins = Object.fromEntries(
    required.map((name) => [
      name,
      files.filter(({ text }) => text.includes(`${name}(`)).map(({ file }) => file),
    ]),
  );
  const contents = {
    format: BUNDLE_FORMAT,
    opaVersion: parts.opaVersion,
    moduleSha256: sha256(module),
    builtins,
    policies: parts.descriptors,
    data: {},
  } as const;
  return { ...contents, revision: revisionOf(contents) };
}

/** The folder is replaced: naming a wrong folder must not destroy its content. */
async function refuseForeignFolder(folder: string): Promise<void> {
  const first = (await listNames(folder)).find(
    (name) => name !== MANIFEST_FILE && name !== MODULE_FILE,
  );
  if (first === undefined) return;
  throw new HoldfastError(
    'argument_invalid',
    `The folder "${folder}" is no bundle: it holds "${first}". Name a new folder for the output`,
  );
}

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return [];
    throw new HoldfastError('argument_invalid', `The output "${folder}" cannot be a folder`, {
      cause: fault,
    });
  }
}

/** The folder is renamed atomically, so that no process can load an incomplete bundle. */
async function writeBundle(
  outputFolder: string,
  manifest: Manifest,
  module: Uint8Array,
): Promise<void> {
  const target = resolve(outputFolder);
  makeFolder(dirname(target));
  const draft = await mkdtemp(`${target}.draft-`);
  await writeFile(join(draft, MODULE_FILE), module);
  await writeFile(join(draft, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  // mkdtemp makes a folder private to its owner, but a bundle may be built by one user and served by another,
  // as in the image.
  await chmod(draft, 0o755);
  await rm(target, { recursive: true, force: true });
  await rename(draft, target);
}
