/** Renders a kustomization of a tree with kustomize, or with kubectl, which has it inside. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatYaml } from '../../base/parse-yaml.ts';
import type { KustomizeParameters } from '../parse-render-parameters.ts';
import type { ApplicationEnvironment } from './application-environment.ts';
import { editKustomization, editsKustomization } from './edit-kustomization.ts';
import { parseOutput } from './parse-output.ts';
import { refuseSource } from './rendered-source.ts';
import type { RenderedSource } from './rendered-source.ts';
import { runProgram } from './run-program.ts';
import type { RunLimits } from './run-program.ts';
import { findKustomizationFault, readKustomization } from './scan-kustomization.ts';
import { copyTree } from './tree.ts';
import type { SourceFolder } from './tree.ts';

export interface KustomizeProgram {
  /** Absolute. */
  readonly path: string;
  /** kubectl takes the same flags under another command. */
  readonly command: 'build' | 'kustomize';
}

export interface KustomizeRendering {
  readonly source: SourceFolder;
  readonly parameters: KustomizeParameters;
  readonly environment: ApplicationEnvironment;
  readonly program: KustomizeProgram;
  readonly limits: RunLimits;
}

/** Renders it once; the tree itself is not changed. */
export async function renderKustomize(rendering: KustomizeRendering): Promise<RenderedSource> {
  const { version } = rendering.parameters;
  if (version !== '') return refuseSource(`the application asks for its own kustomize ${version}`);
  const fault = await findKustomizationFault(rendering.source);
  if (fault !== undefined) return refuseSource(fault);
  if (!editsKustomization(rendering.parameters)) return build(rendering);
  const work = await mkdtemp(join(tmpdir(), 'holdfast-tree-'));
  try {
    const source = await copyTree(rendering.source, join(work, 'tree'));
    const edited = await edit({ ...rendering, source });
    if (edited !== undefined) return refuseSource(edited);
    // Components of the parameters may lead anywhere.
    const added = await findKustomizationFault(source);
    return added === undefined ? await build({ ...rendering, source }) : refuseSource(added);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function edit(rendering: KustomizeRendering): Promise<string | undefined> {
  const { source, environment } = rendering;
  const found = await readKustomization(source.folder);
  if (!found.ok) return found.reason;
  const parameters = await withFoundComponents(rendering);
  const edited = editKustomization(found.kustomization, parameters, environment);
  if (!edited.ok) return edited.reason;
  // Not through a link, which may lead to a file that others include.
  await rm(found.file);
  await writeFile(found.file, formatYaml(edited.kustomization));
  return undefined;
}

async function withFoundComponents({
  parameters,
  source,
}: KustomizeRendering): Promise<KustomizeParameters> {
  if (!parameters.ignoreMissingComponents) return parameters;
  const components: string[] = [];
  for (const component of parameters.components) {
    if (await exists(join(source.folder, component))) components.push(component);
  }
  return { ...parameters, components };
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

async function build({ source, program, limits }: KustomizeRendering): Promise<RenderedSource> {
  const flags = ['--load-restrictor', 'LoadRestrictionsRootOnly'];
  const result = await runProgram({
    program: program.path,
    argv: [program.command, source.folder, ...flags],
    workingDirectory: source.root,
    limits,
  });
  return parseOutput(result, 'kustomize');
}
