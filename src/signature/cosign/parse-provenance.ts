/**
 * What a provenance says of a build: who has built, and from which commit of which repository.
 *
 * Whoever holds the key of the signer can write everything here.
 *
 * Source: SLSA, provenance v0.2 and v1; in-toto attestation framework, spec/v1/digest_set.md; SPDX 2.3 section 7.7 for
 * `git+https://HOST/PATH@REVISION#SUBPATH`; the build types of GitHub Actions, slsa-github-generator, GitLab, BuildKit and Tekton.
 */
import { z } from 'zod';
import { formatIssuePath } from '../../base/format-issue-path.ts';
import { parsed, type Parsed } from '../parsed.ts';
import { rejected } from '../verification.ts';
import { COSIGN_LIMITS } from './settings.ts';

export interface Provenance {
  readonly builder?: string | undefined;
  /** Each repository once. Several: what is the source, and what a dependency, is not told. */
  readonly sources: readonly ProvenanceSource[];
  /** Whether it names a repository whose URL cannot be read. */
  readonly hasUnreadableSource: boolean;
}

export interface ProvenanceSource {
  /** In its normal form. */
  readonly repository: string;
  /** Ids in lower-case hexadecimal, each once. */
  readonly commits: readonly string[];
}

/** The one form in which URLs of repositories are compared; undefined where it is no such URL. */
export type NormalizeRepository = (url: string) => string | undefined;

const BUILDER_CHARS_MAX = COSIGN_LIMITS['signature.cosign.builderCharsMax'].default;

const builderSchema = z.looseObject({
  id: z.string().min(1).max(BUILDER_CHARS_MAX).nullish(),
});

const resourceSchema = z.looseObject({
  uri: z.string().nullish(),
  digest: z.record(z.string(), z.string()).nullish(),
});

type Resource = z.output<typeof resourceSchema>;

const v02Schema = z.looseObject({
  builder: builderSchema.nullish(),
  invocation: z.looseObject({ configSource: resourceSchema.nullish() }).nullish(),
  materials: z.array(resourceSchema).nullish(),
});

const v1Schema = z.looseObject({
  buildDefinition: z.looseObject({
    externalParameters: z.looseObject({}).nullish(),
    resolvedDependencies: z.array(resourceSchema).nullish(),
  }),
  runDetails: z.looseObject({ builder: builderSchema.nullish() }).nullish(),
});

/** Each build type has its own parameters: these name the source in those of GitHub Actions, GitLab, BuildKit and others. */
const parametersSchema = z.looseObject({
  workflow: z.looseObject({ repository: z.string() }).optional().catch(undefined),
  source: z
    .union([z.string().transform((uri): Resource => ({ uri })), resourceSchema])
    .optional()
    .catch(undefined),
  configSource: resourceSchema.optional().catch(undefined),
});

/** What is said to be the source, and what went into the build: sources among it, and other things. */
interface Resources {
  readonly builder: string | undefined;
  readonly named: readonly Resource[];
  readonly others: readonly Resource[];
}

/** Reads a predicate; undefined where its type is no provenance of SLSA. Never throws. */
export function parseProvenance(
  { predicateType, predicate }: { readonly predicateType: string; readonly predicate: unknown },
  normalize: NormalizeRepository,
): Parsed<Provenance> | undefined {
  const resources = readResources(predicateType, predicate);
  if (resources === undefined || resources.status === 'rejected') return resources;
  const { builder, named, others } = resources.value;
  return parsed({ builder, ...listSources(named, others, normalize) });
}

function readResources(type: string, predicate: unknown): Parsed<Resources> | undefined {
  switch (type) {
    case 'https://slsa.dev/provenance/v0.2':
      return readAs(v02Schema, predicate, ({ builder, invocation, materials }) => ({
        builder: builder?.id ?? undefined,
        named: [invocation?.configSource ?? {}],
        others: materials ?? [],
      }));
    case 'https://slsa.dev/provenance/v1':
      return readAs(v1Schema, predicate, ({ buildDefinition, runDetails }) => ({
        builder: runDetails?.builder?.id ?? undefined,
        named: readParameters(buildDefinition.externalParameters),
        others: buildDefinition.resolvedDependencies ?? [],
      }));
    default:
      return undefined;
  }
}

function readAs<Schema extends z.ZodType>(
  schema: Schema,
  predicate: unknown,
  toResources: (value: z.output<Schema>) => Resources,
): Parsed<Resources> {
  const result = schema.safeParse(predicate);
  if (result.success) return parsed(toResources(result.data));
  const place = formatIssuePath(result.error.issues);
  return rejected('malformed_attestation', `The provenance is not as expected${place}`);
}

function readParameters(parameters: unknown): readonly Resource[] {
  const { workflow, source, configSource } = parametersSchema.parse(parameters ?? {});
  const run = workflow === undefined ? undefined : { uri: workflow.repository };
  return [run, source, configSource].filter((one) => one !== undefined);
}

function listSources(
  named: readonly Resource[],
  others: readonly Resource[],
  normalize: NormalizeRepository,
): Pick<Provenance, 'sources' | 'hasUnreadableSource'> {
  const commits = new Map<string, Set<string>>();
  let hasUnreadableSource = false;
  const add = (resource: Resource, isSource: (repository: string) => boolean): void => {
    const repository = normalize(toRepositoryUrl(resource.uri ?? ''));
    if (repository === undefined) hasUnreadableSource ||= isGit(resource);
    else if (isGit(resource) || isSource(repository)) {
      const known = commits.get(repository) ?? new Set();
      for (const commit of listCommits(resource)) known.add(commit);
      commits.set(repository, known);
    }
  };
  for (const one of named) add(one, () => !hasDigest(one));
  // GitLab gives the commit of its source as "sha256", so that nothing but its URL tells that it is one.
  for (const one of others) add(one, (repository) => commits.has(repository));
  const sources = [...commits].map(([repository, ids]) => ({ repository, commits: [...ids] }));
  return { sources, hasUnreadableSource };
}

/** Packages and images have digests, too: an URL alone does not tell that it is that of a repository. */
function isGit({ uri, digest }: Resource): boolean {
  return (
    /^(?:git\+|git:|ssh:)/iu.test(uri ?? '') ||
    digest?.['gitCommit'] !== undefined ||
    // A package by SHA-1 is no commit: package URLs and images have schemes of their own.
    (digest?.['sha1'] !== undefined && /^https?:/iu.test(uri ?? ''))
  );
}

function hasDigest({ digest }: Resource): boolean {
  return Object.keys(digest ?? {}).length > 0;
}

/** Ids of SHA-1 and of SHA-256 (gitformat-hash-function-transition). */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u;

function listCommits({ digest }: Resource): readonly string[] {
  return ['gitCommit', 'sha1', 'sha256']
    .map((algorithm) => readCommitId(digest?.[algorithm] ?? ''))
    .filter((id) => id !== undefined);
}

/** In lower case; undefined where it is no id. */
export function readCommitId(text: string): string | undefined {
  const id = text.toLowerCase();
  return COMMIT.test(id) ? id : undefined;
}

/** Without the prefix `git+`, and without the revision behind the path. */
function toRepositoryUrl(uri: string): string {
  const { scheme, authority, path } =
    /^(?:git\+)?(?<scheme>[a-z+]+):\/\/(?<authority>[^/]*)(?<path>\/[^@#?]*)/iu.exec(uri)?.groups ??
    {};
  return path === undefined ? uri : `${scheme}://${authority}${path}`;
}
