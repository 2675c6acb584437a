/** Compiles a folder of Rego into a bundle: one WASM module, its manifest, and the sources. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { HoldfastError } from '../errors.ts';
import { buildWithOpa } from './build-with-opa.ts';
import { readBundleSource, type BundleSource } from './bundle-source.ts';
import { classifyBuiltinCalls } from './classify-builtin-calls.ts';
import { classifyPolicySource } from './classify-policy-source.ts';
import { classifyInputReads } from './classify-input-reads.ts';
import { explainRefusals } from './compiler-capabilities.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import { ENTRY_POINT, formatEntryModules } from './format-entry-module.ts';
import { BUNDLE_FORMAT, revisionOf, sha256, type Manifest } from '../policy/manifest.ts';
import { describeFiles } from './describe-bundle-files.ts';
import { writeRegoVersions } from './gatekeeper/compile-modules.ts';
import type { PlannedConstraints } from './gatekeeper/plan-constraints.ts';
import { prepareGatekeeper, type PreparedGatekeeper } from './gatekeeper/prepare-gatekeeper.ts';
import { INPUT_SCHEMA_FILE } from './input-schema-file.ts';
import type { OpaLocation } from './opa-binary.ts';
import { parsePlan, type Plan } from './opa-plan.ts';
import { runOpa } from './opa-program.ts';
import { readModules } from './read-modules.ts';
import { formatSourceProblem, type SourceProblem } from './source-problem.ts';
import { readRequiredBuiltins } from '../policy/wasm/wasm-host.ts';
import { refuseForeignOutput, writeBundle } from './write-bundle.ts';
import { writeCapabilities } from './write-capabilities.ts';
import { writeSources } from './write-sources.ts';

export interface BuildOptions {
  /** The folder with `<name>/<name>.rego` and `lib/*.rego`. */
  readonly sourceFolder: string;
  /**
   * A folder, or an archive where it ends in `.tar.gz`. New, empty or a bundle: replaced atomically if the build succeeds,
   * unchanged if it fails.
   */
  readonly output: string;
  /** Gatekeeper's templates and constraints, which become policies of the bundle, too. @default none */
  readonly constraints?: PlannedConstraints | undefined;
  readonly opa: Pick<OpaLocation, 'path' | 'version'>;
  /** Called with one line per slow step. */
  readonly progress?: (line: string) => void;
}

/** Builds a bundle. Throws a `HoldfastError` that lists every problem with file and line. */
export async function buildBundle(options: BuildOptions): Promise<Manifest> {
  const source = await readBundleSource(resolve(options.sourceFolder));
  await refuseForeignOutput(options.output);
  options.progress?.(
    `Compiling ${source.policies.length} policies with OPA ${options.opa.version}`,
  );
  const workFolder = await mkdtemp(join(tmpdir(), 'holdfast-build-'));
  try {
    const described = await describePolicies(source, options);
    const added = await prepareAdded(options.constraints, { ...options, workFolder });
    const sources = listSources(source, described, added);
    const { module, plan } = await compile(source, { sources, added }, { ...options, workFolder });
    const required = readRequiredBuiltins(new WebAssembly.Module(new Uint8Array(module)));
    const read = described.map((policy) => ({
      ...policy,
      ...classifyInputReads(plan, policy.name),
      builtins: classifyBuiltinCalls(plan, policy.name, new Set(required)),
    }));
    const manifest = describeBundle(module, {
      required,
      sources,
      descriptors: [...read, ...added.descriptors],
      opaVersion: options.opa.version,
    });
    const olderRego = listOlderRego(added);
    await writeBundle(options.output, describeFiles({ manifest, module, sources, olderRego }));
    return manifest;
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

/** The policies that are written for Gatekeeper. */
async function prepareAdded(
  planned: PlannedConstraints | undefined,
  { opa, workFolder, progress }: BuildOptions & { readonly workFolder: string },
): Promise<PreparedGatekeeper> {
  if (planned === undefined) return { modules: new Map(), descriptors: [], notes: [] };
  const added = await prepareGatekeeper(planned, { opaPath: opa.path, workFolder });
  for (const note of added.notes) progress?.(note);
  return added;
}

/** The files of Rego v0. */
function listOlderRego({ modules }: PreparedGatekeeper): readonly string[] {
  return [...modules].filter(([, { regoVersion }]) => regoVersion === 0).map(([file]) => file);
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

/** Every module by its name: those of the folder, and those that are generated. */
function listSources(
  source: BundleSource,
  descriptors: readonly PolicyDescriptor[],
  added: PreparedGatekeeper,
): ReadonlyMap<string, string> {
  const texts = new Map([...source.policies, ...source.libraries].map((of) => [of.file, of.text]));
  // No policy can have this name, so generated files and policy files cannot overwrite each other.
  for (const [name, text] of formatEntryModules(descriptors)) texts.set(`_entry/${name}`, text);
  for (const [file, { text }] of added.modules) texts.set(file, text);
  return texts;
}

async function compile(
  source: BundleSource,
  { sources: texts, added }: CompiledSources,
  { opa, workFolder }: BuildOptions & { readonly workFolder: string },
): Promise<CompiledPolicies> {
  await writeSources(texts, workFolder);
  // OPA reads which version of Rego a file has from the manifest of a bundle, and from nowhere else.
  const isBundle = added.modules.size > 0;
  if (isBundle) await writeRegoVersions(listOlderRego(added), workFolder);
  const capabilities = await writeCapabilities(opa.path, workFolder);
  const sources = [...source.policies, ...source.libraries].map(({ file }) => file);
  // Unused imports and variables, members that the input does not have, and other mistakes that OPA reports.
  const check = ['check', '--strict', '--format', 'json', '--capabilities', capabilities];
  try {
    await runOpa(opa.path, [...check, '--schema', INPUT_SCHEMA_FILE, ...sources], workFolder);
  } catch (fault) {
    if (!(fault instanceof HoldfastError)) throw fault;
    throw new HoldfastError(fault.code, explainRefusals(fault.message), { cause: fault });
  }
  const build = (target: 'plan' | 'wasm'): Promise<Uint8Array> =>
    buildWithOpa({
      opaPath: opa.path,
      target,
      entryPoints: [ENTRY_POINT],
      inputs: isBundle ? ['-b', '.'] : [...texts.keys()],
      folder: workFolder,
      workFolder,
      capabilities,
    });
  const module = await build('wasm');
  const plan: unknown = JSON.parse(new TextDecoder().decode(await build('plan')));
  return { module, plan: parsePlan(plan) };
}

interface CompiledSources {
  readonly sources: ReadonlyMap<string, string>;
  readonly added: PreparedGatekeeper;
}

interface CompiledPolicies {
  readonly module: Uint8Array;
  /** What the module was written from. */
  readonly plan: Plan;
}

interface BundleParts {
  readonly required: readonly string[];
  readonly sources: ReadonlyMap<string, string>;
  readonly descriptors: readonly PolicyDescriptor[];
  readonly opaVersion: string;
}

function describeBundle(module: Uint8Array, parts: BundleParts): Manifest {
  const builtins = Object.fromEntries(
    parts.required.map((name) => [
      name,
      [...parts.sources].filter(([, text]) => text.includes(`${name}(`)).map(([file]) => file),
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
