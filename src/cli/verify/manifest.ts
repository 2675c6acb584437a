/** `holdfast verify manifest`: whether objects are what a folder of a repository declares. */
import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { readBounded, type BoundedRead } from '../../base/read-bounded.ts';
import { HoldfastError } from '../../errors.ts';
import type { ComparisonParameters } from '../../source/manifest/parse-comparison-parameters.ts';
import type { ManifestVerification, ManifestVerifier } from '../../source/manifest-verifier.ts';
import type { PathPattern } from '../../source/manifest/parse-path-pattern.ts';
import type { RenderRequest } from '../../source/render/renderer.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import { parseDocuments } from '../../compose/evaluate/parse-documents.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { createAnswerPrinter, outputOption } from '../output-option.ts';
import { INPUT_BYTES_MAX } from '../process-context.ts';
import { formatComparison, formatComparisonJson } from './format-comparison.ts';
import type { ComparedResult } from './format-comparison.ts';
import { parseComparedObjects } from './parse-compared-objects.ts';
import type { ComparedObject } from './parse-compared-objects.ts';

/** The command. */
export const verifyManifestCommand: CommandDefinition = {
  name: 'verify manifest',
  summary: 'Compare objects with what a folder of a repository declares',
  description: [
    'FOLDER holds plain manifests, a kustomization or a chart, and is rendered as Argo CD renders it, without network.',
    'Objects are compared as the API server has them: defaults and fields that the server sets are no difference.',
    'Ends with 0 if all are equal, with 1 if one differs, is absent or cannot be compared.',
  ].join('\n'),
  arguments: [{ name: 'FOLDER', summary: 'the folder of the application', required: true }],
  options: [
    {
      name: 'file',
      short: 'f',
      value: 'FILE',
      summary: 'objects, or admission reviews, to compare; "-" is standard input',
      repeatable: true,
    },
    {
      name: 'application',
      value: 'FILE',
      summary: 'the Application of Argo CD: parameters, destination, ignoreDifferences',
    },
    {
      name: 'root',
      value: 'FOLDER',
      summary: 'the top of the repository (default: the folder above with .git, else FOLDER)',
    },
    {
      name: 'namespace',
      value: 'NAME',
      summary: 'the namespace of manifests that name none (default: of the Application)',
    },
    {
      name: 'crds',
      value: 'FILE',
      summary: 'CustomResourceDefinitions of the cluster, for their defaults',
      repeatable: true,
    },
    {
      name: 'mutated',
      value: 'FIELD',
      summary: 'a field that a mutating webhook owns, as it is printed; * stands for any text',
      repeatable: true,
    },
    { name: 'kube-version', value: 'VERSION', summary: 'the version of the cluster, for charts' },
    {
      name: 'api-version',
      value: 'VERSION',
      summary: 'an API that the cluster has, for charts',
      repeatable: true,
    },
    outputOption(['table', 'json', 'jsonl', 'yaml']),
  ],
  examples: [
    { line: 'verify manifest deploy/ -f live.yaml', note: 'is what runs what Git says?' },
    {
      line: 'verify manifest deploy/ -f review.json --application app.yaml -o json',
      note: 'for scripts',
    },
  ],
  run: verifyManifests,
};

async function verifyManifests(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const files = input.texts('file');
  if (files.length === 0) {
    throw new HoldfastError('argument_invalid', 'Name the objects with -f FILE');
  }
  checkFolder(context, input.arguments[0] ?? '');
  const root = input.text('root');
  if (root !== undefined) checkFolder(context, root);
  const objects: ComparedObject[] = [];
  for (const file of files) objects.push(...(await readObjects(context, file)));
  const plan = await planVerification(context, input);
  const results: ComparedResult[] = [];
  const printer = createAnswerPrinter(context, input);
  for (const compared of objects) {
    const verified = await plan.verifier.verify({ ...plan.verification, compared });
    const result = { ...describeObject(compared), verified };
    results.push(result);
    printer.add({
      table: () => formatComparison(result),
      json: () => formatComparisonJson(result),
    });
  }
  printer.end();
  return decideStatus(results);
}

function checkFolder(context: CommandContext, shown: string): void {
  const stats = statSync(resolve(context.workingDirectory, shown), { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return;
  throw new HoldfastError('input_unreadable', `There is no folder "${shown}"`);
}

function decideStatus(results: readonly ComparedResult[]): ExitStatus {
  if (results.some(({ verified }) => verified.status === 'unavailable')) return 'unavailable';
  const isEqual = results.every(
    ({ verified }) => verified.status === 'known' && verified.fact.status === 'equal',
  );
  return isEqual ? 'ok' : 'failed';
}

interface VerificationPlan {
  readonly verifier: ManifestVerifier;
  readonly verification: Omit<ManifestVerification, 'compared'>;
}

async function planVerification(
  context: CommandContext,
  input: CommandInput,
): Promise<VerificationPlan> {
  const { Renderer } = await import('../../source/render/renderer.ts');
  const { findRenderPrograms } = await import('../../source/render/find-programs.ts');
  const { ManifestVerifier: Verifier } = await import('../../source/manifest-verifier.ts');
  const application = await readApplication(context, input.text('application'));
  return {
    verifier: new Verifier(new Renderer(findRenderPrograms(context.environment['PATH']))),
    verification: {
      request: planRequest(context, input, application),
      ignoreDifferences: application?.ignoreDifferences ?? [],
      mutated: await parsePatterns(input.texts('mutated')),
      alsoDeclared:
        application?.createdNamespace === undefined ? [] : [application.createdNamespace],
      customType: await readCustomTypes(context, input.texts('crds')),
    },
  };
}

function planRequest(
  context: CommandContext,
  input: CommandInput,
  application: ComparisonParameters | undefined,
): RenderRequest {
  const folder = resolve(context.workingDirectory, input.arguments[0] ?? '');
  const root = resolve(context.workingDirectory, input.text('root') ?? findRoot(folder));
  const path = relative(root, folder);
  const [source = {}] = application?.sources ?? [];
  return {
    root,
    // A folder is read once, whatever becomes of it meanwhile.
    commit: folder,
    path,
    source,
    environment: {
      name: application?.name ?? 'release-name',
      namespace: application?.destination ?? '',
      project: application?.project ?? 'default',
      revision: '',
      repository: textOf(source['repoURL']),
      path,
      targetRevision: textOf(source['targetRevision']),
    },
    cluster: {
      namespace: input.text('namespace') ?? application?.destination ?? 'default',
      kubeVersion: input.text('kube-version') ?? '',
      apiVersions: input.texts('api-version'),
    },
  };
}

function findRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return folder;
  }
}

async function readObjects(
  context: CommandContext,
  file: string,
): Promise<readonly ComparedObject[]> {
  const parsed = parseComparedObjects(await readFile(context, file));
  if (parsed.ok) return parsed.objects;
  throw new HoldfastError('input_invalid', `${file}: ${parsed.reason}`);
}

async function readApplication(
  context: CommandContext,
  file: string | undefined,
): Promise<ComparisonParameters | undefined> {
  if (file === undefined) return undefined;
  const { parseComparisonParameters } =
    await import('../../source/manifest/parse-comparison-parameters.ts');
  const [document] = parseDocuments(await readFile(context, file)).documents;
  const parsed = parseComparisonParameters(document?.value);
  if (parsed.ok) return parsed.parameters;
  throw new HoldfastError('input_invalid', `${file}: ${parsed.reason}`);
}

async function readCustomTypes(context: CommandContext, files: readonly string[]) {
  const { ManifestIndex } = await import('../../source/manifest/manifest-index.ts');
  const definitions: ComparedObject['object'][] = [];
  for (const file of files) {
    definitions.push(...(await readObjects(context, file)).map(({ object }) => object));
  }
  const index = new ManifestIndex(definitions, { namespace: '' });
  return (object: ComparedObject['object']) => index.customType(object);
}

async function parsePatterns(texts: readonly string[]): Promise<readonly PathPattern[]> {
  const { parsePathPattern } = await import('../../source/manifest/parse-path-pattern.ts');
  return texts.map((text) => {
    const parsed = parsePathPattern(text);
    if (parsed.ok) return parsed.pattern;
    throw new HoldfastError('argument_invalid', `--mutated: ${parsed.reason}`);
  });
}

async function readFile(context: CommandContext, file: string): Promise<Uint8Array> {
  const read = await readInput(context, file);
  if (read.ok) return read.bytes;
  throw new HoldfastError('input_unreadable', `Cannot read ${file}: ${read.reason}`);
}

function readInput(context: CommandContext, file: string): Promise<BoundedRead> {
  if (file === '-') return context.readStdin();
  const path = isAbsolute(file) ? file : join(context.workingDirectory, file);
  return readBounded(path, INPUT_BYTES_MAX);
}

function describeObject({ object }: ComparedObject): Omit<ComparedResult, 'verified'> {
  const metadata = new Map<string, unknown>(Object.entries(object['metadata'] ?? {}));
  return {
    apiVersion: textOf(object['apiVersion']),
    kind: textOf(object['kind']),
    namespace: textOf(metadata.get('namespace')),
    name: textOf(metadata.get('name')),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
