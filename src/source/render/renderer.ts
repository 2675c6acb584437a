/** Renders sources of commits, each once: waiting requests share a rendering, and its result is kept. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { parseYaml } from '../../base/parse-yaml.ts';
import { readBounded } from '../../base/read-bounded.ts';
import { Semaphore } from '../../base/semaphore.ts';
import { parseRenderParameters } from '../parse-render-parameters.ts';
import type { RenderParameters } from '../parse-render-parameters.ts';
import type { ApplicationEnvironment } from './application-environment.ts';
import { detectSourceType } from './detect-source-type.ts';
import { readDirectory } from './read-directory.ts';
import { renderHelm } from './render-helm.ts';
import type { ClusterCapabilities } from './render-helm.ts';
import { renderKustomize } from './render-kustomize.ts';
import type { KustomizeProgram } from './render-kustomize.ts';
import { refuseSource } from './rendered-source.ts';
import type { RenderedSource, SourceType } from './rendered-source.ts';
import { RENDER_LIMITS } from './settings.ts';
import { findTreeFault, openSourceFolder } from './tree.ts';
import type { SourceFolder } from './tree.ts';

export interface RenderPrograms {
  readonly kustomize: KustomizeProgram | undefined;
  /** Absolute. */
  readonly helm: string | undefined;
}

export type Rendering = RenderedSource & { readonly type?: SourceType | undefined };

export interface RenderRequest {
  /** The checked-out tree of a commit. */
  readonly root: string;
  /** What names the tree for ever: the commit's id. */
  readonly commit: string;
  /** The folder of the application in it. */
  readonly path: string;
  /** `spec.source` of the Application. */
  readonly source: unknown;
  readonly environment: ApplicationEnvironment;
  readonly cluster: ClusterCapabilities;
}

const RUN_LIMITS = {
  timeMs: RENDER_LIMITS['render.timeMs'].default,
  memoryBytes: RENDER_LIMITS['render.memoryBytes'].default,
  outputBytesMax: RENDER_LIMITS['render.outputBytesMax'].default,
  fileBytesMax: RENDER_LIMITS['render.fileBytesMax'].default,
};

/** Keeps results of commits, which never change. What failed is tried again. */
export class Renderer {
  readonly #programs: RenderPrograms;
  readonly #resultsMax: number;
  readonly #results = new Map<string, Promise<Rendering>>();
  readonly #semaphore = new Semaphore({
    runningMax: RENDER_LIMITS['render.concurrentMax'].default,
    waitingMax: RENDER_LIMITS['render.waitingMax'].default,
  });

  /** @param resultsMax how many results are kept; zero where the caller keeps them. */
  constructor(
    programs: RenderPrograms,
    resultsMax: number = RENDER_LIMITS['render.cacheEntriesMax'].default,
  ) {
    this.#programs = programs;
    this.#resultsMax = resultsMax;
  }

  render(request: RenderRequest): Promise<Rendering> {
    const { root: _root, ...identity } = request;
    const key = canonicalJson(identity);
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    const result = this.#renderInTurn(request).then((rendered) => {
      // A fault of the moment must not become a verdict.
      if (rendered.status === 'failed' || this.#resultsMax === 0) this.#results.delete(key);
      return rendered;
    });
    const [oldest] = this.#results.keys();
    const isFull = this.#resultsMax > 0 && this.#results.size >= this.#resultsMax;
    if (isFull && oldest !== undefined) this.#results.delete(oldest);
    this.#results.set(key, result);
    return result;
  }

  async #renderInTurn(request: RenderRequest): Promise<Rendering> {
    const acquired = await this.#semaphore.acquire(RENDER_LIMITS['render.waitMs'].default);
    if (acquired !== 'acquired') {
      return { status: 'failed', reason: 'too many sources wait for their rendering' };
    }
    try {
      return await this.#render(request);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { status: 'failed', reason: `the tree cannot be read: ${reason}` };
    } finally {
      this.#semaphore.release();
    }
  }

  async #render(request: RenderRequest): Promise<Rendering> {
    const opened = await openSourceFolder(request.root, request.path);
    if (!opened.ok) return refuseSource(opened.reason);
    const { source } = opened;
    const overrides = await readOverrides(source, request.environment.name);
    if (!overrides.ok) return refuseSource(overrides.reason);
    const parsed = parseRenderParameters(request.source, overrides.values);
    if (!parsed.ok) return refuseSource(parsed.reason);
    const type = parsed.parameters.type ?? detectSourceType(await readdir(source.folder));
    switch (type) {
      case 'plugin':
        return refuseSource('the source is rendered by a plugin');
      case 'directory':
        return { ...(await readDirectory(source, parsed.parameters.directory)), type: 'Directory' };
      case 'kustomize':
      case 'helm':
        return await this.#runProgram(type, {
          ...request,
          folder: source,
          parameters: parsed.parameters,
        });
    }
  }

  async #runProgram(type: 'kustomize' | 'helm', rendering: OpenedRequest): Promise<Rendering> {
    const { folder, parameters, environment, cluster } = rendering;
    const fault = await findTreeFault(folder.root, {
      entriesMax: RENDER_LIMITS['render.treeEntriesMax'].default,
      bytesMax: RENDER_LIMITS['render.treeBytesMax'].default,
    });
    if (fault !== undefined) return refuseSource(fault);
    const { kustomize, helm } = this.#programs;
    const common = { source: folder, environment, limits: RUN_LIMITS };
    if (type === 'kustomize') {
      if (kustomize === undefined) return missing('kustomize or kubectl');
      const prepared = { ...common, parameters: parameters.kustomize, program: kustomize };
      return { ...(await renderKustomize(prepared)), type: 'Kustomize' };
    }
    if (helm === undefined) return missing('helm');
    const prepared = { ...common, parameters: parameters.helm, cluster, program: helm };
    return { ...(await renderHelm(prepared)), type: 'Helm' };
  }
}

interface OpenedRequest extends RenderRequest {
  readonly folder: SourceFolder;
  readonly parameters: RenderParameters;
}

function missing(program: string): RenderedSource {
  return { status: 'failed', reason: `there is no program ${program}: install it on PATH` };
}

/** Files by which a repository changes the parameters of its application; the second one wins. */
async function readOverrides(source: SourceFolder, application: string) {
  const values: unknown[] = [];
  for (const name of ['.argocd-source.yaml', `.argocd-source-${application}.yaml`]) {
    // A name is no path: an application cannot choose the file.
    if (name.includes('/')) continue;
    const path = join(source.folder, name);
    // Not through a link, which may lead out of the repository.
    const isFile = await lstat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    if (!isFile) continue;
    const read = await readBounded(path, RENDER_LIMITS['manifests.fileBytesMax'].default);
    if (!read.ok) continue;
    const aliasesMax = RENDER_LIMITS['manifests.aliasesMax'].default;
    const text = new TextDecoder().decode(read.bytes);
    const parsed = parseYaml(text, { dialect: 'kubernetes', aliasesMax });
    if (!parsed.ok) return { ok: false, reason: `${name} is no YAML` } as const;
    values.push(parsed.documents[0]?.value ?? {});
  }
  return { ok: true, values } as const;
}
