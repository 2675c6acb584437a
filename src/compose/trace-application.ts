/**
 * Walks from an application to the bytes of its commits: the object in the cluster, its sources and the revisions that its
 * status claims, the credential, the repository.
 */
import { addMs, type Clock } from '../base/clock.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import { formatObjectPath, type ResourceKind } from '../kubernetes/client/format-api-path.ts';
import { SECOND } from '../settings/limit.ts';
import type { ClusterCredentials } from '../source/mirror/cluster-credentials.ts';
import { readConfiguredCredential } from '../source/mirror/configured-credential.ts';
import { NO_CREDENTIAL, type CredentialReading } from '../source/mirror/credential.ts';
import type { Mirrors } from '../source/mirror/mirrors.ts';
import { rejectRevision, revisionUnavailable } from '../source/mirror/mirror-failure.ts';
import type { RevisionReading } from '../source/mirror/read-revision.ts';
import type { MirrorSettings } from '../source/mirror/settings.ts';
import {
  parseApplicationSources,
  type ApplicationParent,
} from '../source/parse-application-sources.ts';
import {
  parseFluxApplier,
  parseFluxSource,
  type FluxApplier,
  type FluxSourceKind,
  type FluxSourceReference,
} from '../source/parse-flux-sources.ts';
import { HYDRATOR_NOTES_REF, parseHydratorNote } from '../source/parse-hydrator-note.ts';
import { parseRepositoryUrl, type RepositoryUrl } from '../source/parse-repository-url.ts';
import type { RevisionHint, SourceHint } from '../source/revision-hint.ts';

/** What an application is called, by its tool. */
export type ApplicationKind = 'application' | 'kustomization' | 'helmrelease';

export interface TracedSource {
  readonly source: SourceHint;
  /** The claim that was followed; absent if there is none, or the source has no commit. */
  readonly hint?: RevisionHint | undefined;
  /** Where the credential comes from. */
  readonly credential?: string | undefined;
  /** Absent for a source without a commit. */
  readonly reading?: RevisionReading | undefined;
  readonly durationMs: number;
}

export type ApplicationTrace =
  | {
      readonly status: 'traced';
      readonly parents: readonly ApplicationParent[];
      readonly sources: readonly TracedSource[];
      /** The time that the objects of the cluster took. */
      readonly lookupDurationMs: number;
    }
  | { readonly status: 'absent' | 'unavailable' | 'malformed'; readonly reason: string };

export interface TraceOptions {
  readonly client: Pick<ClusterClient, 'read'>;
  readonly clusterCredentials: ClusterCredentials;
  readonly mirrors: Mirrors;
  readonly settings: MirrorSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

export interface ApplicationName {
  readonly kind: ApplicationKind;
  readonly namespace: string;
  readonly name: string;
}

/** The API server answers in milliseconds. */
const READ_TIMEOUT_MS = 10 * SECOND;
/** A HelmChart leads to its source, and no source leads further. */
const SOURCE_STEPS_MAX = 2;

const KINDS: Readonly<Record<ApplicationKind | FluxSourceKind, ResourceKind>> = {
  application: kind('argoproj.io', 'v1alpha1', 'applications'),
  kustomization: kind('kustomize.toolkit.fluxcd.io', 'v1', 'kustomizations'),
  helmrelease: kind('helm.toolkit.fluxcd.io', 'v2', 'helmreleases'),
  GitRepository: kind('source.toolkit.fluxcd.io', 'v1', 'gitrepositories'),
  OCIRepository: kind('source.toolkit.fluxcd.io', 'v1', 'ocirepositories'),
  Bucket: kind('source.toolkit.fluxcd.io', 'v1', 'buckets'),
  HelmRepository: kind('source.toolkit.fluxcd.io', 'v1', 'helmrepositories'),
  HelmChart: kind('source.toolkit.fluxcd.io', 'v1', 'helmcharts'),
  ExternalArtifact: kind('source.toolkit.fluxcd.io', 'v1', 'externalartifacts'),
};

function kind(group: string, version: string, resource: string): ResourceKind {
  return { group, version, resource, kind: '' };
}

/** Never rejects for what the cluster or a repository answers. */
export async function traceApplication(
  name: ApplicationName,
  options: TraceOptions,
): Promise<ApplicationTrace> {
  const startedAtMs = options.clock.monotonicMs();
  const found = await readObject(name.kind, name, options);
  if (!found.ok) return found.failure;
  const described =
    name.kind === 'application'
      ? describeArgocd(found.object)
      : await describeFlux(found.object, options);
  if (!described.ok) return described.failure;
  const lookupDurationMs = options.clock.monotonicMs() - startedAtMs;
  const sources: TracedSource[] = [];
  for (const each of await addDryHint(described.sources, options)) {
    sources.push(await traceSource(each, options));
  }
  return { status: 'traced', parents: described.parents, sources, lookupDurationMs };
}

interface Failed {
  readonly ok: false;
  readonly failure: Exclude<ApplicationTrace, { readonly status: 'traced' }>;
}

/** A source, and who has its credential. */
interface OwnedSource {
  readonly source: SourceHint;
  readonly owner:
    | { readonly tool: 'argocd'; readonly project: string }
    | {
        readonly tool: 'flux';
        readonly secret?: { readonly namespace: string; readonly name: string };
      };
}

type Described =
  | {
      readonly ok: true;
      readonly sources: readonly OwnedSource[];
      readonly parents: readonly ApplicationParent[];
    }
  | Failed;

async function readObject(
  kindName: keyof typeof KINDS,
  place: { readonly namespace: string; readonly name: string },
  { client, clock }: TraceOptions,
): Promise<{ readonly ok: true; readonly object: unknown } | Failed> {
  const { namespace, name } = place;
  const path = formatObjectPath({ ...KINDS[kindName], namespace, name });
  if (path === undefined) return fail('malformed', `"${name}" is no name of an object`);
  const deadlineAtMs = addMs(clock.monotonicMs(), READ_TIMEOUT_MS);
  const reading = await client.read(path, { deadlineAtMs });
  switch (reading.status) {
    case 'read':
      return { ok: true, object: reading.body };
    case 'absent':
      return fail('absent', `There is no ${kindName} ${namespace}/${name}`);
    case 'unavailable':
      return fail('unavailable', reading.reason);
  }
}

function describeArgocd(object: unknown): Described {
  const parsed = parseApplicationSources(object);
  if (!parsed.ok) return fail('malformed', parsed.reason);
  const { project, sources, parents } = parsed.value;
  const owner = { tool: 'argocd', project } as const;
  return { ok: true, parents, sources: sources.map((source) => ({ source, owner })) };
}

async function describeFlux(object: unknown, options: TraceOptions): Promise<Described> {
  const parsed = parseFluxApplier(object);
  if (!parsed.ok) return fail('malformed', parsed.reason);
  let applier: FluxApplier = parsed.value;
  for (let step = 0; step < SOURCE_STEPS_MAX; step += 1) {
    const place: FluxSourceReference = applier.source;
    const found = await readObject(place.kind, place, options);
    if (!found.ok) return found;
    const state = parseFluxSource(found.object, applier);
    if (!state.ok) return fail('malformed', state.reason);
    if (state.value.kind === 'source') {
      const { source, secretName } = state.value;
      const secret =
        secretName === undefined
          ? {}
          : { secret: { namespace: place.namespace, name: secretName } };
      return { ok: true, parents: [], sources: [{ source, owner: { tool: 'flux', ...secret } }] };
    }
    applier = state.value.applier;
  }
  return fail('malformed', 'The HelmChart leads to no source');
}

function fail(status: Failed['failure']['status'], reason: string): Failed {
  return { ok: false, failure: { status, reason } };
}

async function traceSource(owned: OwnedSource, options: TraceOptions): Promise<TracedSource> {
  const startedAtMs = options.clock.monotonicMs();
  const traced = await readSource(owned, options);
  const { source } = owned;
  return { source, ...traced, durationMs: options.clock.monotonicMs() - startedAtMs };
}

type Step = Pick<TracedSource, 'hint' | 'credential' | 'reading'>;

async function readSource({ source, owner }: OwnedSource, options: TraceOptions): Promise<Step> {
  if (source.kind === 'no-commit') return {};
  const [hint] = source.hints;
  if (hint === undefined) {
    return { reading: revisionUnavailable('The status of the application claims no commit') };
  }
  const parsed = parseRepositoryUrl(source.repository);
  if (!parsed.ok) {
    return { hint, reading: rejectRevision('repository_refused', parsed.reason) };
  }
  const found = await findCredential(parsed.repository, owner, options);
  if (!found.ok) return { hint, reading: revisionUnavailable(found.reason) };
  const { credential } = found;
  const reading = await options.mirrors.read({
    repository: parsed.repository,
    credential,
    objectId: hint.claimedObjectId,
    tracked: [source.tracked],
  });
  return { hint, credential: credential.origin, reading };
}

/** Our own configuration comes first: an operator wrote it. */
async function findCredential(
  repository: RepositoryUrl,
  owner: OwnedSource['owner'],
  { settings, environment, clusterCredentials }: TraceOptions,
): Promise<CredentialReading> {
  const own = await readConfiguredCredential(repository, settings.credentials, environment);
  if (own !== undefined) return own;
  if (owner.tool === 'argocd') return await clusterCredentials.forArgocd(repository, owner.project);
  return owner.secret === undefined
    ? { ok: true, credential: NO_CREDENTIAL }
    : await clusterCredentials.forFlux(repository, owner.secret);
}

/** What the status does not say, the hydrator's note on the hydrated commit may: which commit it was rendered from. */
async function addDryHint(
  sources: readonly OwnedSource[],
  options: TraceOptions,
): Promise<readonly OwnedSource[]> {
  const hydrated = sources.find(({ source }) => isRole(source, 'hydrated'));
  const dry = sources.find(({ source }) => isRole(source, 'dry'));
  if (hydrated?.source.kind !== 'commit' || dry?.source.kind !== 'commit') return sources;
  const [hint] = hydrated.source.hints;
  const parsed = parseRepositoryUrl(hydrated.source.repository);
  if (dry.source.hints.length > 0 || hint === undefined || !parsed.ok) return sources;
  const found = await findCredential(parsed.repository, hydrated.owner, options);
  if (!found.ok) return sources;
  const request = {
    repository: parsed.repository,
    credential: found.credential,
    objectId: hint.claimedObjectId,
    tracked: [hydrated.source.tracked],
  };
  // The note is on a commit that the mirror has.
  if ((await options.mirrors.read(request)).status !== 'found') return sources;
  const note = await options.mirrors.readNote(request, HYDRATOR_NOTES_REF);
  const rendered = note.status === 'found' ? parseHydratorNote(note.bytes) : undefined;
  if (rendered === undefined) return sources;
  const source: SourceHint = { ...dry.source, hints: [rendered] };
  return sources.map((each) => (each === dry ? { ...dry, source } : each));
}

function isRole(source: SourceHint, role: 'dry' | 'hydrated'): boolean {
  return source.kind === 'commit' && source.role === role;
}
