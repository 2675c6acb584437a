/**
 * Walks from an application to the bytes of its commits: the object in the cluster, its sources and the revisions that its
 * status claims, the credential, the repository.
 */
import { addMs, type Clock } from '../base/clock.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import { formatObjectPath } from '../kubernetes/client/format-api-path.ts';
import {
  applicationReference,
  helmReleaseReference,
  kustomizationReference,
  type ObjectReference,
} from '../kubernetes/object-reference.ts';
import { SECOND } from '../settings/limit.ts';
import type { LookedUp } from '../source/find-source.ts';
import type { ClusterCredentials } from '../source/mirror/cluster-credentials.ts';
import type { Mirrors } from '../source/mirror/mirrors.ts';
import { rejectRevision, revisionUnavailable } from '../source/mirror/mirror-failure.ts';
import type { RevisionReading } from '../source/mirror/read-revision.ts';
import type { MirrorSettings } from '../source/mirror/settings.ts';
import type { ApplicationParent } from '../source/parse-application-sources.ts';
import { parseRepositoryUrl } from '../source/parse-repository-url.ts';
import { readApplication } from '../source/read-application.ts';
import type { RevisionHint, SourceHint } from '../source/revision-hint.ts';
import {
  describeArgocd,
  describeFlux,
  type OwnedSource,
  type ReadApplication,
} from './describe-application.ts';
import { findDryHint } from './find-dry-hint.ts';
import {
  findRepositoryCredential,
  type AccessOptions,
  type RepositoryAccess,
} from './repository-access.ts';

/** What an application is called, by its tool. */
export type ApplicationKind = 'application' | 'kustomization' | 'helmrelease';

export interface TracedSource {
  readonly source: SourceHint;
  readonly access: RepositoryAccess;
  /** The claim that was followed; absent if there is none, or the source has no commit. */
  readonly hint?: RevisionHint | undefined;
  /** Where the credential comes from. */
  readonly credential?: string | undefined;
  /** Absent for a source without a commit. */
  readonly reading?: RevisionReading | undefined;
  /** Of the look-up of the credential. */
  readonly credentialDurationMs: number;
  /** Of the mirror: of fetching what it had not. */
  readonly fetchDurationMs: number;
}

export type ApplicationTrace =
  | {
      readonly status: 'traced';
      readonly parents: readonly ApplicationParent[];
      readonly sources: readonly TracedSource[];
      /** As it was read. */
      readonly object: unknown;
      readonly read: ReadApplication;
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
const REFERENCES = {
  application: applicationReference,
  kustomization: kustomizationReference,
  helmrelease: helmReleaseReference,
} as const;

/** Never rejects for what the cluster or a repository answers. */
export async function traceApplication(
  name: ApplicationName,
  options: TraceOptions,
): Promise<ApplicationTrace> {
  const startedAtMs = options.clock.monotonicMs();
  const { kind, namespace } = name;
  const reference = REFERENCES[kind](namespace, name.name);
  if (formatObjectPath(reference) === undefined) {
    return { status: 'malformed', reason: `"${name.name}" is no name of an object` };
  }
  const found = await readObject(reference, options);
  if (found.status === 'absent') {
    return { status: 'absent', reason: `There is no ${kind} ${namespace}/${name.name}` };
  }
  if (found.status === 'unavailable') return found;
  const described =
    kind === 'application'
      ? describeArgocd(readApplication(found.object))
      : await describeFlux(found.object, (next) => readObject(next, options));
  if (described.status !== 'described') return described;
  const lookupDurationMs = options.clock.monotonicMs() - startedAtMs;
  const sources: TracedSource[] = [];
  for (const each of await addDryHint(described.sources, options)) {
    sources.push(await traceSource(each, options));
  }
  const { object } = found;
  const { parents, read } = described;
  return { status: 'traced', parents, sources, object, read, lookupDurationMs };
}

async function readObject(
  reference: ObjectReference,
  { client, clock }: TraceOptions,
): Promise<LookedUp> {
  const path = formatObjectPath(reference);
  if (path === undefined) {
    const reason = `"${reference.name}" is no name of an object`;
    return { status: 'unavailable', code: 'lookup_failed', reason };
  }
  const deadlineAtMs = addMs(clock.monotonicMs(), READ_TIMEOUT_MS);
  const reading = await client.read(path, { deadlineAtMs });
  return reading.status === 'read' ? { status: 'found', object: reading.body } : reading;
}

async function traceSource(owned: OwnedSource, options: TraceOptions): Promise<TracedSource> {
  const { source, access } = owned;
  return { source, access, ...INSTANT, ...(await readSource(owned, options)) };
}

/** Nothing was asked. */
const INSTANT = { credentialDurationMs: 0, fetchDurationMs: 0 } as const;

async function readSource(
  { source, access }: OwnedSource,
  options: TraceOptions,
): Promise<Omit<Partial<TracedSource>, 'source' | 'access'>> {
  if (source.kind === 'no-commit') return {};
  const [hint] = source.hints;
  if (hint === undefined) {
    return { reading: revisionUnavailable('The status of the application claims no commit') };
  }
  const parsed = parseRepositoryUrl(source.repository);
  if (!parsed.ok) {
    return { hint, reading: rejectRevision('repository_refused', parsed.reason) };
  }
  const startedAtMs = options.clock.monotonicMs();
  const found = await findRepositoryCredential(parsed.repository, access, accessOf(options));
  const foundAtMs = options.clock.monotonicMs();
  const credentialDurationMs = foundAtMs - startedAtMs;
  if (!found.ok) {
    return { hint, credentialDurationMs, reading: revisionUnavailable(found.reason) };
  }
  const { credential } = found;
  const reading = await options.mirrors.read({
    repository: parsed.repository,
    credential,
    objectId: hint.claimedObjectId,
    tracked: [source.tracked],
  });
  const fetchDurationMs = options.clock.monotonicMs() - foundAtMs;
  return { hint, credential: credential.origin, reading, credentialDurationMs, fetchDurationMs };
}

/** Whoever asks is told which right is missing. */
function accessOf(options: TraceOptions): AccessOptions {
  return { ...options, whenForbidden: 'unavailable' };
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
  const found = await findRepositoryCredential(
    parsed.repository,
    hydrated.access,
    accessOf(options),
  );
  if (!found.ok) return sources;
  const request = {
    repository: parsed.repository,
    credential: found.credential,
    objectId: hint.claimedObjectId,
    tracked: [hydrated.source.tracked],
  };
  const rendered = await findDryHint(request, options.mirrors);
  if (rendered === undefined) return sources;
  const source: SourceHint = { ...dry.source, hints: [rendered] };
  return sources.map((each) => (each === dry ? { ...dry, source } : each));
}

function isRole(source: SourceHint, role: 'dry' | 'hydrated'): boolean {
  return source.kind === 'commit' && source.role === role;
}
