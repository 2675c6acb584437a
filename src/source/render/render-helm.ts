/** Renders a chart of a tree with `helm template`, with the parameters as Argo CD passes them. */
import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../base/is-record.ts';
import { formatYaml, parseYaml } from '../../base/parse-yaml.ts';
import { readBounded } from '../../base/read-bounded.ts';
import type { Fields } from '../manifest/type-schema.ts';
import type { HelmParameters } from '../parse-render-parameters.ts';
import { expandVariables } from './application-environment.ts';
import type { ApplicationEnvironment } from './application-environment.ts';
import { findVolatileFunctions } from './find-volatile-functions.ts';
import { parseOutput } from './parse-output.ts';
import { refuseSource } from './rendered-source.ts';
import type { RenderedManifest, RenderedSource } from './rendered-source.ts';
import { runProgram } from './run-program.ts';
import type { RunLimits } from './run-program.ts';
import { RENDER_LIMITS } from './settings.ts';
import { isInside } from './tree.ts';
import type { SourceFolder } from './tree.ts';

export interface HelmRendering {
  readonly source: SourceFolder;
  readonly parameters: HelmParameters;
  readonly environment: ApplicationEnvironment;
  /** Of the destination; the parameters' own come first. */
  readonly cluster: ClusterCapabilities;
  /** Absolute. */
  readonly program: string;
  readonly limits: RunLimits;
}

export interface ClusterCapabilities {
  /** The destination namespace of the application. */
  readonly namespace: string;
  /** Empty: helm's own default. */
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
}

const READS_CAPABILITIES = 'depends on the version and the APIs of the cluster (.Capabilities)';

/** Renders it once; twice if a template may give another result each time. */
export async function renderHelm(rendering: HelmRendering): Promise<RenderedSource> {
  const missing = await findMissingChart(rendering.source.folder);
  if (missing !== undefined) return refuseSource(missing);
  const files = await resolveFiles(rendering);
  if (!files.ok) return refuseSource(files.reason);
  const work = await mkdtemp(join(tmpdir(), 'holdfast-values-'));
  try {
    const argv = await planArguments(rendering, { files: files.paths, work });
    const first = await template(rendering, argv);
    if (first.status !== 'rendered') return first;
    const volatile = await searchTemplates(rendering.source.folder);
    const isDoubtful = volatile.readsCapabilities && !knowsCapabilities(rendering);
    const doubt = isDoubtful ? { doubt: READS_CAPABILITIES } : {};
    if (volatile.random.length + volatile.clock.length === 0) return { ...first, ...doubt };
    const second = await template(rendering, argv);
    if (second.status !== 'rendered') return second;
    return {
      status: 'rendered',
      manifests: markUnstable(first.manifests, second.manifests, volatile),
      ...doubt,
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function knowsCapabilities({ parameters, cluster }: HelmRendering): boolean {
  const kubeVersion = parameters.kubeVersion || cluster.kubeVersion;
  return kubeVersion !== '' && parameters.apiVersions.length + cluster.apiVersions.length > 0;
}

async function template({ program, source, limits }: HelmRendering, argv: readonly string[]) {
  const run = { program, argv, workingDirectory: source.root, limits };
  return parseOutput(await runProgram(run), 'helm');
}

type Volatile = ReturnType<typeof findVolatileFunctions>;

function markUnstable(
  first: readonly RenderedManifest[],
  second: readonly RenderedManifest[],
  { random, clock }: Volatile,
): readonly RenderedManifest[] {
  return first.map((one, index) => {
    if (!isDeepStrictEqual(one.manifest, second[index]?.manifest)) {
      return {
        ...one,
        unstable: `is another one each time it is rendered (${[...random, ...clock].join(', ')})`,
      };
    }
    if (clock.length === 0) return one;
    return {
      ...one,
      unstable: `may depend on the time at which it is rendered (${clock.join(', ')})`,
    };
  });
}

/** As argo-cd util/helm template: parameters, files, values. */
async function planArguments(
  { source, parameters, environment, cluster }: HelmRendering,
  { files, work }: { readonly files: ResolvedFiles; readonly work: string },
): Promise<readonly string[]> {
  const releaseName = parameters.releaseName || environment.name;
  const kubeVersion = parameters.kubeVersion || cluster.kubeVersion;
  const apiVersions =
    parameters.apiVersions.length > 0 ? parameters.apiVersions : cluster.apiVersions;
  const namespace = parameters.namespace || cluster.namespace;
  const argv = [
    'template',
    source.folder,
    '--name-template',
    releaseName,
    '--namespace',
    namespace,
  ];
  if (kubeVersion !== '') argv.push('--kube-version', kubeVersion);
  for (const { name, value, forceString } of parameters.parameters) {
    const text = escapeCommas(expandVariables(value, environment));
    argv.push(forceString ? '--set-string' : '--set', `${name}=${text}`);
  }
  for (const { name, path } of files.parameters) {
    argv.push('--set-file', `${name}=${escapeCommas(path)}`);
  }
  for (const path of files.values) argv.push('--values', path);
  const own = valuesOf(parameters);
  if (own !== '') {
    const file = join(work, 'values.yaml');
    await writeFile(file, own);
    argv.push('--values', file);
  }
  for (const version of apiVersions) argv.push('--api-versions', version);
  if (!parameters.skipCrds) argv.push('--include-crds');
  if (parameters.skipSchemaValidation) argv.push('--skip-schema-validation');
  if (parameters.skipTests) argv.push('--skip-tests');
  return argv;
}

function valuesOf({ values, valuesObject }: HelmParameters): string {
  return valuesObject === null || valuesObject === undefined ? values : formatYaml(valuesObject);
}

/** A list in braces keeps its commas. */
function escapeCommas(value: string): string {
  if (value.startsWith('{') && value.endsWith('}')) return value;
  return value.replaceAll(/(?<!\\),/gu, String.raw`\,`);
}

interface ResolvedFiles {
  readonly values: readonly string[];
  readonly parameters: readonly { readonly name: string; readonly path: string }[];
}

async function resolveFiles({ source, parameters, environment }: HelmRendering) {
  const values: string[] = [];
  for (const name of parameters.valueFiles) {
    const file = await resolveFile(source, name, environment);
    if (file.status === 'found') values.push(file.path);
    else if (file.status === 'refused' || !parameters.ignoreMissingValueFiles) {
      return { ok: false, reason: file.reason } as const;
    }
  }
  const named: { name: string; path: string }[] = [];
  for (const { name, path } of parameters.fileParameters) {
    const file = await resolveFile(source, path, environment);
    if (file.status !== 'found') return { ok: false, reason: file.reason } as const;
    named.push({ name, path: file.path });
  }
  return { ok: true, paths: { values, parameters: named } } as const;
}

type ResolvedFile =
  | { readonly status: 'found'; readonly path: string }
  | { readonly status: 'missing' | 'refused'; readonly reason: string };

/** A path from the chart, or with a slash first from the top of the repository. */
async function resolveFile(
  source: SourceFolder,
  written: string,
  environment: ApplicationEnvironment,
): Promise<ResolvedFile> {
  // Before the variables: `$values/a.yaml` is a file of the source that is named "values".
  if (/^\$(?!ARGOCD_)[\w-]+\//u.test(written)) {
    return { status: 'refused', reason: `"${written}" is in another source` };
  }
  const name = expandVariables(written, environment);
  if (/^[a-z][a-z0-9+.-]*:/iu.test(name)) {
    return { status: 'refused', reason: `"${name}" is remote` };
  }
  const path = name.startsWith('/') ? join(source.root, name) : join(source.folder, name);
  try {
    const real = await realpath(path);
    if (isInside(source.root, real)) return { status: 'found', path: real };
    return { status: 'refused', reason: `"${name}" leads out of the repository` };
  } catch {
    return { status: 'missing', reason: `there is no file "${name}"` };
  }
}

/** Charts that Chart.yaml names and `charts/` does not have would be fetched. */
async function findMissingChart(folder: string): Promise<string | undefined> {
  const chart = await readYaml(join(folder, 'Chart.yaml'));
  if (chart === undefined) return 'Chart.yaml cannot be read';
  const requirements = await readYaml(join(folder, 'requirements.yaml'));
  const wanted = [chart, requirements ?? {}].flatMap(({ dependencies }) =>
    Array.isArray(dependencies) ? dependencies.filter(isRecord) : [],
  );
  const present = await listNames(join(folder, 'charts'));
  const missing = wanted.find(({ name }) => !hasChart(present, String(name)));
  if (missing === undefined) return undefined;
  return `the chart "${String(missing['name'])}" is not in charts/ and would be fetched`;
}

function hasChart(present: readonly string[], name: string): boolean {
  return present.some(
    (one) => one === name || (one.startsWith(`${name}-`) && one.endsWith('.tgz')),
  );
}

async function readYaml(path: string): Promise<Fields | undefined> {
  const read = await readBounded(path, RENDER_LIMITS['manifests.fileBytesMax'].default);
  if (!read.ok) return undefined;
  const aliasesMax = RENDER_LIMITS['manifests.aliasesMax'].default;
  const parsed = parseYaml(new TextDecoder().decode(read.bytes), {
    dialect: 'kubernetes',
    aliasesMax,
  });
  const value = parsed.ok ? parsed.documents[0]?.value : undefined;
  return isRecord(value) ? value : undefined;
}

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

/** Packed charts cannot be searched: they count as if they had every function. */
async function searchTemplates(folder: string): Promise<Volatile> {
  const found = { random: new Set<string>(), clock: new Set<string>(), readsCapabilities: false };
  const names = await readdir(folder, { recursive: true });
  for (const name of names.slice(0, RENDER_LIMITS['render.treeEntriesMax'].default)) {
    if (/(?:^|\/)charts\/[^/]+\.tgz$/u.test(name)) {
      found.random.add(`packed chart ${name}`);
      found.readsCapabilities = true;
    }
    if (!/(?:^|\/)templates\//u.test(name)) continue;
    const read = await readBounded(
      join(folder, name),
      RENDER_LIMITS['manifests.fileBytesMax'].default,
    );
    if (!read.ok) continue;
    const volatile = findVolatileFunctions(new TextDecoder().decode(read.bytes));
    for (const one of volatile.random) found.random.add(one);
    for (const one of volatile.clock) found.clock.add(one);
    found.readsCapabilities ||= volatile.readsCapabilities;
  }
  return { ...found, random: [...found.random], clock: [...found.clock] };
}
