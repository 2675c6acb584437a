/** Renders what a verified commit declares for one source of an application. Runs in the commit thread. */
import { posix } from 'node:path';
import { findManifestImages } from '../image/find-manifest-images.ts';
import type { NoVerdict } from '../verdict/verdict-cache.ts';
import { headerOf, type SerializedManifest } from '../source/manifest/manifest-header.ts';
import type { CredentialReading } from '../source/mirror/credential.ts';
import type { CommitTree, TreeFailure, TreeStore } from '../source/mirror/tree-store.ts';
import { parseRepositoryUrl, type RepositoryUrl } from '../source/parse-repository-url.ts';
import type { ApplicationEnvironment } from '../source/render/application-environment.ts';
import type { ClusterCapabilities } from '../source/render/render-helm.ts';
import type { SourceType } from '../source/render/rendered-source.ts';
import type { Renderer, Rendering } from '../source/render/renderer.ts';
import {
  prepareFluxSource,
  type PreparedFluxSource,
} from '../source/render/prepare-flux-source.ts';
import { RENDER_LIMITS } from '../source/render/settings.ts';
import { MINUTE, SECOND } from '../settings/limit.ts';
import type { RepositoryAccess } from './repository-access.ts';

/** A commit that was verified, and how the application renders it. */
export interface ManifestQuestion {
  /** The URL as the application has it. */
  readonly repository: string;
  readonly tracked: string;
  readonly objectId: string;
  readonly access: RepositoryAccess;
  /** The folder of the source, as the application has it. */
  readonly path: string;
  /** The source of the application, with its parameters. */
  readonly source: Readonly<Record<string, unknown>>;
  readonly environment: ApplicationEnvironment;
  readonly cluster: ClusterCapabilities;
}

export type ManifestAnswer =
  | {
      readonly status: 'rendered';
      readonly type: SourceType | undefined;
      readonly manifests: readonly SerializedManifest[];
      /** Of all manifests as JSON, in UTF-16 code units. */
      readonly chars: number;
      /** Of all manifests, as they are written, each once. */
      readonly images: readonly string[];
      readonly doubt?: string | undefined;
    }
  | {
      readonly status: 'not-comparable';
      readonly reason: string;
      /** It may be different then; absent where the commit alone decides. */
      readonly retryAfterMs?: number | undefined;
    }
  | NoVerdict;

export interface CommitManifestsOptions {
  readonly trees: TreeStore;
  readonly renderer: Renderer;
  readonly findCredential: (
    repository: RepositoryUrl,
    access: RepositoryAccess,
  ) => Promise<CredentialReading>;
}

/** The API server did not answer, or somebody corrects a Secret. */
const CREDENTIAL_RETRY_MS = 10 * SECOND;
/** A program that was ended by a limit would be ended again at once. */
const FAILED_RETRY_MS = MINUTE;
const CHARS_MAX = RENDER_LIMITS['manifests.renderedCharsMax'].default;

/** Answers questions one after the other and beside each other; nothing is kept here. */
export class CommitManifests {
  readonly #options: CommitManifestsOptions;

  constructor(options: CommitManifestsOptions) {
    this.#options = options;
  }

  /** Never rejects for what a repository has; `unavailable` where the repository does not answer. */
  async render(question: ManifestQuestion): Promise<ManifestAnswer> {
    const { trees, findCredential } = this.#options;
    const parsed = parseRepositoryUrl(question.repository);
    if (!parsed.ok) return { status: 'not-comparable', reason: parsed.reason };
    const found = await findCredential(parsed.repository, question.access);
    if (!found.ok) {
      return { status: 'unavailable', reason: found.reason, retryAfterMs: CREDENTIAL_RETRY_MS };
    }
    const { objectId, tracked } = question;
    const { credential } = found;
    const request = { repository: parsed.repository, credential, objectId, tracked: [tracked] };
    const answer = await trees.use(request, (tree) => this.#renderTree(question, tree));
    return answer.status === 'rejected' || answer.status === 'refused' ? explain(answer) : answer;
  }

  async #renderTree(question: ManifestQuestion, tree: CommitTree): Promise<ManifestAnswer> {
    const { reading, root } = tree;
    const fault = reading.fault ?? findOmitted(reading.omitted, question.path);
    if (fault !== undefined) return { status: 'not-comparable', reason: fault };
    const { objectId: commit, path, environment, cluster } = question;
    const prepared = await prepareSource(question, root);
    if (!prepared.ok) return { status: 'not-comparable', reason: prepared.reason };
    const { source } = prepared;
    const rendering = await this.#options.renderer.render({
      root,
      commit,
      path,
      source,
      environment,
      cluster,
    });
    return answerOf(rendering);
  }
}

async function prepareSource(
  { access, source, path }: ManifestQuestion,
  root: string,
): Promise<PreparedFluxSource> {
  return access.tool === 'flux'
    ? await prepareFluxSource({ root, path }, source)
    : { ok: true, source };
}

/** What a server does not give may be given by another one, or later; the files of a commit stay as they are. */
function explain(
  failure: TreeFailure & { readonly status: 'rejected' | 'refused' },
): ManifestAnswer {
  const { reason } = failure;
  return failure.status === 'refused'
    ? { status: 'not-comparable', reason }
    : { status: 'not-comparable', reason, retryAfterMs: FAILED_RETRY_MS };
}

function answerOf(rendering: Rendering): ManifestAnswer {
  switch (rendering.status) {
    case 'not-comparable':
      return { status: 'not-comparable', reason: rendering.reason };
    case 'failed':
      return {
        status: 'not-comparable',
        reason: rendering.reason,
        retryAfterMs: FAILED_RETRY_MS,
      };
    case 'rendered':
      return serialize(rendering);
  }
}

function serialize(rendering: Rendering & { readonly status: 'rendered' }): ManifestAnswer {
  const { type, doubt } = rendering;
  const manifests: SerializedManifest[] = [];
  const images = new Set<string>();
  let chars = 0;
  for (const { manifest, unstable } of rendering.manifests) {
    for (const image of findManifestImages(manifest)) images.add(image);
    const json = JSON.stringify(manifest);
    chars += json.length;
    if (chars > CHARS_MAX) {
      const reason = `its manifests have more than ${CHARS_MAX} characters`;
      return { status: 'not-comparable', reason };
    }
    manifests.push({
      header: headerOf(manifest),
      json,
      ...(unstable !== undefined && { unstable }),
    });
  }
  const rendered = { status: 'rendered', type, manifests, chars, images: [...images] } as const;
  return doubt === undefined ? rendered : { ...rendered, doubt };
}

/** Files that a rendering may read without saying so where they are missing. */
const READ_FROM_AFAR = /\.(?:ya?ml|json|jsonnet|tpl|tgz)$/u;

/** Why a file that was too large to be fetched may belong to the source. */
function findOmitted(omitted: readonly string[], path: string): string | undefined {
  const folder = posix.join('/', path, '/');
  const missing = omitted.find(
    (file) => READ_FROM_AFAR.test(file) || posix.join('/', file).startsWith(folder),
  );
  return missing === undefined ? undefined : `the file "${missing}" is too large to be fetched`;
}
