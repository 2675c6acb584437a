/** Finds the source of a managed object's application. The application is looked up here and parsed elsewhere. */
import type { MonotonicMs } from '../base/clock.ts';
import type { Known, Unavailable } from '../base/known.ts';
import type { ErrorCode } from '../errors.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { applicationReference } from '../kubernetes/object-reference.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectFact } from '../ownership/object-fact.ts';
import type { CommitFact } from './commits/commit-fact.ts';
import { decideCommit } from './commits/decide-commit.ts';
import type { SourceManifestFact } from './manifest/manifest-fact.ts';
import { findDoubt } from './find-doubt.ts';
import { parseApplication } from './parse-application.ts';
import type { SourceFact } from './parse-application.ts';
import { readApplication, type ApplicationReading } from './read-application.ts';

/** The answer of a lookup in the cluster, or in a snapshot of one. */
export type LookedUp =
  | {
      readonly status: 'found';
      readonly object: unknown;
      readonly keptForMs?: number | undefined;
    }
  | { readonly status: 'absent'; readonly isElsewhere?: true | undefined }
  | Unavailable<ErrorCode>;

export type LookUpObject = (
  reference: ObjectReference,
  deadlineAtMs: MonotonicMs,
) => Promise<LookedUp>;

const NO_SOURCE = { status: 'known', value: null } as const;

const NO_PLACE = { repository: '', revision: '', path: '', inlineManifests: false } as const;

const ABSENT_APPLICATION = {
  status: 'known',
  value: { ...NO_PLACE, operation: 'absent' },
} as const;

const APPLICATION_ELSEWHERE = {
  status: 'known',
  value: { ...NO_PLACE, operation: 'elsewhere' },
} as const;

export type FoundSource = Known<SourceFact | null> | Unavailable<ErrorCode>;

/** The application whose commits are judged; of Argo CD as it was read a moment ago. */
export interface CommitOrigin {
  readonly reference: ObjectReference;
  readonly application?: ApplicationReading | undefined;
}

export interface JudgedApplication {
  /** One for each source, in their order. */
  readonly commits: readonly CommitFact[];
  /** It is being deleted, and with it what it applied. Of Flux alone. */
  readonly isDeleting: boolean;
  /**
   * Compares the object of a request with what the commits declare; `undefined` if nothing of the request is compared. Never rejects.
   * Absent where nothing can be compared.
   */
  readonly compareManifest?: (
    request: AdmissionRequest,
    deadlineAtMs: MonotonicMs,
  ) => Promise<SourceManifestFact | undefined>;
}

/** Never rejects. That a repository does not answer is told by its fact, that the cluster does not by `unavailable`. */
export type JudgeCommits = (
  origin: CommitOrigin,
  deadlineAtMs: MonotonicMs,
  /** Absent: it is no dry run. */
  request?: Pick<AdmissionRequest, 'dryRun'>,
) => Promise<Known<JudgedApplication> | { readonly status: 'absent' } | Unavailable<ErrorCode>>;

export interface SourceFinderOptions {
  /** A recent cached answer: sufficient to tell a person where the object is in Git. */
  readonly lookupObject: LookUpObject;
  /** A live read: an attacker may just have added inline manifests to the running operation. */
  readonly lookupFresh: LookUpObject;
  /** The namespace of Argo CD's control plane, which is the namespace of an application whose mark names none. */
  readonly argocdNamespace: string;
  /** False for a snapshot: it may not contain the application, and its operation state is outdated. */
  readonly isLive: boolean;
  /** The object that a mark of Flux names. */
  readonly findApplication: (mark: Mark) => ObjectReference | undefined;
  /** Absent: the configuration judges no commits. */
  readonly judgeCommits?: JudgeCommits | undefined;
  /** For what commits are judged by. @default parses it each time */
  readonly readApplication?: ReadApplicationObject | undefined;
}

/** From an Application as the API server answers it. */
export type ReadApplicationObject = (object: unknown) => ApplicationReading;

export interface AskedSource {
  readonly request: AdmissionRequest;
  readonly deadlineAtMs: MonotonicMs;
}

export type SourceFinder = (
  object: ObjectFact,
  actor: ActorFact,
  asked: AskedSource,
) => Promise<FoundSource>;

/** `null` if no application is known: the object has no mark of one, or there is no cluster. */
export function createSourceFinder(options: SourceFinderOptions): SourceFinder {
  return async function findSource(object, actor, asked) {
    const isWriter = actor.class === 'gitops';
    // What a writer applies comes from the application whose mark it sets.
    const mark = (isWriter ? object.movesTo : undefined) ?? object;
    // What others do is refused whatever the commit says.
    const judgeCommits = isWriter ? options.judgeCommits : undefined;
    const finding = { ...options, ...asked, judgeCommits, isWriter };
    switch (mark.app === undefined ? undefined : mark.tool) {
      case 'argocd':
        return findApplicationSource(mark, finding);
      case 'flux':
        return await findFluxSource(mark, finding);
      case 'helm':
      case 'scope':
      case 'selector':
      case undefined:
        return NO_SOURCE;
    }
  };
}

/** What a mark says. */
type Mark = Pick<ObjectFact, 'tool' | 'app' | 'appNamespace' | 'mark'>;

interface Finding extends SourceFinderOptions, AskedSource {
  readonly isWriter: boolean;
}

async function findApplicationSource(mark: Mark, options: Finding): Promise<FoundSource> {
  const { deadlineAtMs } = options;
  const lookUp = options.isWriter ? options.lookupFresh : options.lookupObject;
  const namespace = mark.appNamespace ?? options.argocdNamespace;
  const reference = applicationReference(namespace, mark.app ?? '');
  const found = await lookUp(reference, deadlineAtMs);
  switch (found.status) {
    case 'absent':
      if (!options.isLive) return NO_SOURCE;
      return found.isElsewhere === true ? APPLICATION_ELSEWHERE : ABSENT_APPLICATION;
    case 'unavailable':
      return found.code === 'lookup_not_configured' ? NO_SOURCE : found;
    case 'found':
      return await read(reference, found, options);
  }
}

async function read(
  reference: ObjectReference,
  { object, keptForMs }: Extract<LookedUp, { readonly status: 'found' }>,
  options: Finding,
): Promise<FoundSource> {
  const { judgeCommits, readApplication: readAll = readApplication } = options;
  const application = judgeCommits === undefined ? undefined : readAll(object);
  const parsed = application?.source ?? parseApplication(object);
  if (!parsed.ok) return { status: 'unavailable', code: 'fact_unavailable', reason: parsed.reason };
  const { operation, ...lasting } = parsed.source;
  const doubt = options.isWriter ? findDoubt({ operation, keptForMs }) : undefined;
  if (doubt !== undefined) return doubt;
  const source = {
    ...lasting,
    ...(options.isLive && { operation }),
    ...(keptForMs !== undefined && { keptForMs }),
  };
  if (judgeCommits === undefined) return { status: 'known', value: source };
  const origin = { reference, application };
  const judged = await judgeCommits(origin, options.deadlineAtMs, options.request);
  switch (judged.status) {
    case 'known':
      return { status: 'known', value: { ...source, ...(await commitsOf(judged.value, options)) } };
    case 'absent':
      return { status: 'known', value: source };
    case 'unavailable':
      return judged;
  }
}

/** Only where commits are judged is the Flux object read at all. */
async function findFluxSource(mark: Mark, options: Finding): Promise<FoundSource> {
  const { judgeCommits, findApplication, deadlineAtMs } = options;
  const reference = findApplication(mark);
  if (judgeCommits === undefined || reference === undefined) return NO_SOURCE;
  const judged = await judgeCommits({ reference }, deadlineAtMs, options.request);
  switch (judged.status) {
    case 'known': {
      const found = await commitsOf(judged.value, options);
      const source = {
        ...NO_PLACE,
        repository: found.commit?.repository ?? '',
        path: found.commit?.path ?? '',
      };
      const operation = judged.value.isDeleting ? { operation: 'deleting' as const } : {};
      return { status: 'known', value: { ...source, ...operation, ...found } };
    }
    case 'absent':
      return options.isLive ? ABSENT_APPLICATION : NO_SOURCE;
    case 'unavailable':
      return judged.code === 'lookup_not_configured' ? NO_SOURCE : judged;
  }
}

/** The commits first: what a commit declares that nobody trusts proves nothing. */
async function commitsOf(
  { commits, compareManifest }: JudgedApplication,
  { request, deadlineAtMs }: Finding,
): Promise<Pick<SourceFact, 'commits' | 'commit' | 'manifest'>> {
  const found = { commits, commit: decideCommit(commits) };
  const manifest = await compareManifest?.(request, deadlineAtMs);
  return manifest === undefined ? found : { ...found, manifest };
}
