/** Finds the source of a managed object's application. The application is looked up here and parsed elsewhere. */
import type { MonotonicMs } from '../base/clock.ts';
import type { Known, Unavailable } from '../base/known.ts';
import type { ErrorCode } from '../errors.ts';
import { applicationReference } from '../kubernetes/object-reference.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectFact } from '../ownership/object-fact.ts';
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

export interface SourceFinderOptions {
  /** A recent cached answer: sufficient to tell a person where the object is in Git. */
  readonly lookupObject: LookUpObject;
  /** A live read: an attacker may just have added inline manifests to the running operation. */
  readonly lookupFresh: LookUpObject;
  /** The namespace of Argo CD's control plane, which is the namespace of an application whose mark names none. */
  readonly argocdNamespace: string;
  /** False for a snapshot: it may not contain the application, and its operation state is outdated. */
  readonly isLive: boolean;
}

export type SourceFinder = (
  object: ObjectFact,
  actor: ActorFact,
  deadlineAtMs: MonotonicMs,
) => Promise<FoundSource>;

/** `null` if no application is known: the object is not Argo CD's, or there is no cluster. */
export function createSourceFinder(options: SourceFinderOptions): SourceFinder {
  return async function findSource(object, actor, deadlineAtMs) {
    const isWriter = actor.class === 'gitops';
    // What a writer applies comes from the application whose mark it sets.
    const { tool, app, appNamespace } = (isWriter ? object.movesTo : undefined) ?? object;
    if (tool !== 'argocd' || app === undefined) return NO_SOURCE;
    const lookUp = isWriter ? options.lookupFresh : options.lookupObject;
    const namespace = appNamespace ?? options.argocdNamespace;
    const found = await lookUp(applicationReference(namespace, app), deadlineAtMs);
    switch (found.status) {
      case 'absent':
        return options.isLive ? ABSENT_APPLICATION : NO_SOURCE;
      case 'unavailable':
        return found.code === 'lookup_not_configured' ? NO_SOURCE : found;
      case 'found':
        return read(found.object, options);
    }
  };
}

function read(object: unknown, { isLive }: SourceFinderOptions): FoundSource {
  const parsed = parseApplication(object);
  if (!parsed.ok) return { status: 'unavailable', code: 'fact_unavailable', reason: parsed.reason };
  const { operation, ...lasting } = parsed.source;
  return { status: 'known', value: isLive ? { ...lasting, operation } : lasting };
}
