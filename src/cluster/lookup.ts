/**
 * What the facts may ask of a cluster, live or a snapshot of one. Every answer is a value; whoever could not ask gets
 * `unavailable`, never "there is none".
 */
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { LookupFailureCode } from './cluster-client.ts';

export interface LookupUnavailable {
  readonly status: 'unavailable';
  readonly code: LookupFailureCode;
  readonly reason: string;
}

export type ObjectLookup =
  | { readonly status: 'found'; readonly object: KubernetesObject }
  | { readonly status: 'absent' }
  | LookupUnavailable;

/** An object that someone manages, and for which application. */
export type ManagedObject = ObjectReference & { readonly app?: string | undefined };

export type ManagedLookup =
  { readonly status: 'found'; readonly objects: readonly ManagedObject[] } | LookupUnavailable;

/** Says whether an object is managed, and by which application. The object may carry its metadata only. */
export type ManagedTest = (
  object: KubernetesObject,
  reference: ObjectReference,
) => { readonly app?: string | undefined } | undefined;

export interface ClusterLookup {
  /** For parents of subresources: a recent answer will do. The version may be any that is served. */
  readonly lookupObject: (
    reference: ObjectReference,
    deadlineAtMs: number,
  ) => Promise<ObjectLookup>;
  /** For what someone may just have changed to deceive us, an Application's operation above all: read now. */
  readonly lookupFresh: (reference: ObjectReference, deadlineAtMs: number) => Promise<ObjectLookup>;
  /** Some managed objects of a namespace; none only where every kind was read to its end. */
  readonly findManagedInNamespace: (
    namespace: string,
    deadlineAtMs: number,
  ) => Promise<ManagedLookup>;
  /** An Argo CD Application, read now. */
  readonly findApplication: (
    namespace: string,
    name: string,
    deadlineAtMs: number,
  ) => Promise<ObjectLookup>;
  readonly close: () => void;
}

/** A lookup for a process that has no cluster: every answer is `unavailable`. */
export function createNoLookup(): ClusterLookup {
  const answer: LookupUnavailable = {
    status: 'unavailable',
    code: 'lookup_not_configured',
    reason: 'No cluster is configured to look this up in',
  };
  const none = () => Promise.resolve(answer);
  return {
    lookupObject: none,
    lookupFresh: none,
    findManagedInNamespace: none,
    findApplication: none,
    close: () => undefined,
  };
}
