/** Verifies every commit that an application comes from. What has no commit is not verified. */
import type { Clock } from '../base/clock.ts';
import type { SignatureVerifiers } from '../signature/verify-object.ts';
import type { CommitFact } from '../source/commits/commit-fact.ts';
import type { RevisionHint } from '../source/revision-hint.ts';
import {
  compareLiveObjects,
  type LiveComparison,
  type LiveComparisonOptions,
} from './compare-live-objects.ts';
import { describeCommit } from './describe-commit.ts';
import { toObjectReading } from './read-commit.ts';
import {
  traceApplication,
  type ApplicationKind,
  type ApplicationName,
  type ApplicationTrace,
  type TracedSource,
  type TraceOptions,
} from './trace-application.ts';
import { verifyCommit, type CommitReport } from './verify-commit.ts';

export interface SourceReport {
  readonly repository: string;
  readonly tracked?: string | undefined;
  readonly path?: string | undefined;
  readonly role?: 'source' | 'dry' | 'hydrated' | undefined;
  readonly hint?: RevisionHint | undefined;
  readonly credential?: string | undefined;
  /** Why the source has no commit. */
  readonly noCommit?: string | undefined;
  readonly credentialDurationMs: number;
  readonly fetchDurationMs: number;
  /** Absent for a source without a commit. */
  readonly commit?: CommitReport | undefined;
}

export interface ApplicationReport {
  readonly application: ApplicationName;
  readonly trace: ApplicationTrace;
  readonly sources: readonly SourceReport[];
  /** `verified`: each source has a commit, and each of them is signed by somebody who is trusted. */
  readonly status: 'verified' | 'rejected' | 'unavailable';
  /** Absent where a commit is not verified: nothing is rendered that nobody trusted has signed. */
  readonly manifest?: LiveComparison | undefined;
  /** Why it is not verified: of the application as a whole. */
  readonly reason?: string | undefined;
}

export interface VerifyApplicationOptions extends TraceOptions {
  readonly verifiers: SignatureVerifiers;
  /** Compares the live objects, too; absent if they are not compared. */
  readonly comparison?: Pick<LiveComparisonOptions, 'argocdNamespace' | 'open'> | undefined;
  /** An object that cannot be compared is a fault. */
  readonly requireManifestMatch?: boolean | undefined;
}

/** Never rejects for what the cluster or a repository answers. */
export async function verifyApplication(
  application: ApplicationName,
  options: VerifyApplicationOptions,
): Promise<ApplicationReport> {
  const trace = await traceApplication(application, options);
  if (trace.status !== 'traced') {
    const status = trace.status === 'unavailable' ? 'unavailable' : 'rejected';
    return { application, trace, sources: [], status, reason: trace.reason };
  }
  const sources: SourceReport[] = [];
  for (const traced of trace.sources) sources.push(await reportSource(traced, options));
  if (sources.length === 0) {
    const reason = 'The application has no source';
    return { application, trace, sources, status: 'rejected', reason };
  }
  const status = combine(sources);
  const { comparison, client, clock, requireManifestMatch = false } = options;
  if (status !== 'verified' || comparison === undefined) {
    return { application, trace, sources, status };
  }
  const manifest = await compareLiveObjects(
    {
      kind: KINDS[application.kind],
      object: trace.object,
      read: trace.read,
      sources: trace.sources,
      commits: sources.flatMap(factOf),
    },
    { ...comparison, client, clock },
  );
  return { application, trace, sources, manifest, ...judge(manifest, requireManifestMatch) };
}

const KINDS = {
  application: 'Application',
  kustomization: 'Kustomization',
  helmrelease: 'HelmRelease',
} as const satisfies Record<ApplicationKind, string>;

/** As admission concludes it; here, no rule named the signers, but the command itself. */
function factOf({ repository, path = '', commit }: SourceReport): readonly CommitFact[] {
  if (commit?.object?.kind !== 'commit') return [];
  const content = describeCommit(commit.object);
  return [{ status: 'verified', repository, path, rule: '', content, signers: [] }];
}

async function reportSource(
  traced: TracedSource,
  { verifiers, clock }: { readonly verifiers: SignatureVerifiers; readonly clock: Clock },
): Promise<SourceReport> {
  const { source, hint, credential, reading, credentialDurationMs, fetchDurationMs } = traced;
  const { repository } = source;
  const durations = { credentialDurationMs, fetchDurationMs };
  if (source.kind === 'no-commit' || reading === undefined) {
    const noCommit = source.kind === 'no-commit' ? source.reason : 'unknown';
    return { repository, noCommit, ...durations };
  }
  const commit = await verifyCommit({
    repository,
    revision: hint?.claimedObjectId ?? source.tracked,
    kind: reading.status === 'found' ? reading.kind : 'commit',
    verifiers,
    clock,
    read: async () => toObjectReading(reading),
  });
  const { tracked, path, role } = source;
  return { repository, tracked, path, role, hint, credential, ...durations, commit };
}

/** A refusal is final, whatever could not be found out besides. */
function combine(sources: readonly SourceReport[]): ApplicationReport['status'] {
  const all = new Set(sources.map(({ commit }) => commit?.verification.status ?? 'rejected'));
  if (all.has('rejected')) return 'rejected';
  return all.has('unavailable') ? 'unavailable' : 'verified';
}

function judge(
  { status, objects }: LiveComparison,
  requireManifestMatch: boolean,
): Pick<ApplicationReport, 'status' | 'reason'> {
  const all = new Set<string>([status, ...objects.map((object) => object.status)]);
  if (all.has('differs') || all.has('absent')) {
    return { status: 'rejected', reason: 'not every object is what the commits declare' };
  }
  if (all.has('unavailable')) {
    const reason = 'not every object could be compared with the commits now';
    return { status: 'unavailable', reason };
  }
  return all.has('not-comparable') && requireManifestMatch
    ? { status: 'rejected', reason: 'not every object can be compared with the commits' }
    : { status: 'verified' };
}
