/** Finds the source of a managed object's application. The application is looked up here and parsed elsewhere. */
import type { MonotonicMs } from '../base/clock.ts';
import type { Known, Unavailable } from '../base/known.ts';
import type { ErrorCode } from '../errors.ts';
import { applicationReference } from '../kubernetes/object-reference.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import { findApplication } from '../ownership/find-application.ts';
import type { ObjectFact } from '../ownership/object-fact.ts';
import type { CommitFact } from './commits/commit-fact.ts';
import { decideCommit } from './commits/decide-commit.ts';
import { parseApplication } from './parse-application.ts';
import type { SourceFact } from './parse-application.ts';

/** The answer of a lookup in the cluster, or in a snapshot of one. */
export type LookedUp =
  | { readonly status: 'found'; readonly object: unknown }
  | { readonly status: 'absent' }
  | Unavailable<ErrorCode>;

export type LookUpObject = (
  reference: ObjectReference,
  deadlineAtMs: MonotonicMs,
) => Promise<LookedUp>;

const NO_SOURCE = { status: 'known', value: null } as const;

const ABSENT_APPLICATION = {
  status: 'known',
  value: { repository: '', revision: '', path: '', inlineManifests: false, operation: 'absent' },
} as const;

export type FoundSource = Known<SourceFact | null> | Unavailable<ErrorCode>;

/** The application whose commits are judged: an Argo CD Application as it was read, or the Flux object by its reference. */
export type CommitOrigin =
  | { readonly tool: 'argocd'; readonly application: unknown }
  | { readonly tool: 'flux'; readonly reference: ObjectReference };

/** One fact for each source, in their order. Never rejects: what cannot be told is `unavailable`. */
export type JudgeCommits = (
  origin: CommitOrigin,
  deadlineAtMs: MonotonicMs,
) => Promise<readonly CommitFact[]>;

export interface SourceFinderOptions {
  /** A recent cached answer: sufficient to tell a person where the object is in Git. */
  readonly lookupObject: LookUpObject;
  /** A live read: an attacker may just have added inline manifests to the running operation. */
  readonly lookupFresh: LookUpObject;
  /** The namespace of Argo CD's control plane, which is the namespace of an application whose mark names none. */
  readonly argocdNamespace: string;
  /** False for a snapshot: it may not contain the application, and its operation state is outdated. */
  readonly isLive: boolean;
  /** Absent: the configuration judges no commits. */
  readonly judgeCommits?: JudgeCommits | undefined;
}

export type SourceFinder = (
  object: ObjectFact,
  actor: ActorFact,
  deadlineAtMs: MonotonicMs,
) => Promise<FoundSource>;

/** `null` if no application is known: the object has no mark of one, or there is no cluster. */
export function createSourceFinder(options: SourceFinderOptions): SourceFinder {
  return async function findSource(object, actor, deadlineAtMs) {
    const isWriter = actor.class === 'gitops';
    // What a writer applies comes from the application whose mark it sets.
    const mark = (isWriter ? object.movesTo : undefined) ?? object;
    // What others do is refused whatever the commit says.
    const judgeCommits = isWriter ? options.judgeCommits : undefined;
    switch (mark.app === undefined ? undefined : mark.tool) {
      case 'argocd':
        return findApplicationSource(mark, { ...options, judgeCommits, isWriter, deadlineAtMs });
      case 'flux':
        return judgeCommits === undefined
          ? NO_SOURCE
          : { status: 'known', value: await judgeFlux(mark, judgeCommits, deadlineAtMs) };
      default:
        return NO_SOURCE;
    }
  };
}

type Mark = Pick<ObjectFact, 'tool' | 'app' | 'appNamespace' | 'mark'>;

interface Finding extends SourceFinderOptions {
  readonly isWriter: boolean;
  readonly deadlineAtMs: MonotonicMs;
}

async function findApplicationSource(mark: Mark, options: Finding): Promise<FoundSource> {
  const { deadlineAtMs } = options;
  const lookUp = options.isWriter ? options.lookupFresh : options.lookupObject;
  const namespace = mark.appNamespace ?? options.argocdNamespace;
  const found = await lookUp(applicationReference(namespace, mark.app ?? ''), deadlineAtMs);
  switch (found.status) {
    case 'absent':
      return options.isLive ? ABSENT_APPLICATION : NO_SOURCE;
    case 'unavailable':
      return found.code === 'lookup_not_configured' ? NO_SOURCE : found;
    case 'found':
      return read(found.object, options);
  }
}

async function read(application: unknown, options: Finding): Promise<FoundSource> {
  const parsed = parseApplication(application);
  if (!parsed.ok) return { status: 'unavailable', code: 'fact_unavailable', reason: parsed.reason };
  const { operation, ...lasting } = parsed.source;
  const source = options.isLive ? { ...lasting, operation } : lasting;
  if (options.judgeCommits === undefined) return { status: 'known', value: source };
  const origin: CommitOrigin = { tool: 'argocd', application };
  const commits = await options.judgeCommits(origin, options.deadlineAtMs);
  return { status: 'known', value: { ...source, commits, commit: decideCommit(commits) } };
}

async function judgeFlux(
  mark: Mark,
  judgeCommits: JudgeCommits,
  deadlineAtMs: MonotonicMs,
): Promise<SourceFact | null> {
  const reference = findApplication(mark);
  if (reference === undefined) return null;
  const commits = await judgeCommits({ tool: 'flux', reference }, deadlineAtMs);
  const commit = decideCommit(commits);
  return {
    repository: commit?.repository ?? '',
    revision: '',
    path: commit?.path ?? '',
    inlineManifests: false,
    commits,
    commit,
  };
}
