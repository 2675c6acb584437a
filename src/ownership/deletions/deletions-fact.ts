/** What policies read of the deletions of one application (`input.facts.deletions`). */
import type { MonotonicMs } from '../../base/clock.ts';
import type { Known, Unavailable } from '../../base/known.ts';
import type { ErrorCode } from '../../errors.ts';
import type { AdmissionRequest } from '../../kubernetes/admission-request.ts';
import type { ObjectLookup } from '../../kubernetes/lookup/lookup.ts';
import {
  formatPlace,
  formatResource,
  type ObjectReference,
} from '../../kubernetes/object-reference.ts';
import { findApplication } from '../find-application.ts';
import type { ObjectFact } from '../object-fact.ts';
import { nameOf, namespaceOf } from '../requested-object.ts';
import type { DeletionCounts } from './deletion-counts.ts';
import { parseApplicationObjects, type ApplicationObjects } from './parse-application-objects.ts';

/** Of the deletion of a managed object whose application is known; `null` for everything else. */
export interface DeletionsFact {
  /** Objects of the application that were to be deleted lately, this one among them, as far as this replica was asked. */
  readonly deletedCount: number;
  /** Those that the running sync of Argo CD is about to prune, by its own comparison; 0 where that is not known. */
  readonly plannedCount: number;
  /** Objects that the application has listed as its own; 0 where it lists none. */
  readonly listedCount: number;
  /** What the annotation `holdfast.dev/allow-deletions` of the application says; 0 without it. */
  readonly allowedCount: number;
}

export interface DeletionsOptions {
  readonly counts: DeletionCounts;
  readonly lookupObject: (
    reference: ObjectReference,
    deadlineAtMs: MonotonicMs,
  ) => Promise<ObjectLookup>;
  readonly deadlineAtMs: MonotonicMs;
}

export type GatheredDeletions = Known<DeletionsFact | null> | Unavailable<ErrorCode>;

/** Where nobody can be asked, the number alone counts. */
const NO_CLUSTER: ApplicationObjects = {
  listedCount: 0,
  plannedCount: 0,
  allowedCount: 0,
  isDeleting: false,
};
const NONE = { status: 'known', value: null } as const;
/** Made for one sync, and deleted by the next: by themselves, or before they are made again. */
const HOOKS = ['argocd.argoproj.io/hook', 'helm.sh/hook'];

/** Counts the deletion. Synchronous for everything else. Never rejects. */
export function describeDeletions(
  request: AdmissionRequest,
  object: ObjectFact,
  options: DeletionsOptions,
): GatheredDeletions | Promise<GatheredDeletions> {
  const isDeletion = request.operation === 'DELETE' && (request.subResource ?? '') === '';
  const application = isDeletion && object.self ? findApplication(object) : undefined;
  if (application === undefined || isHook(request)) return NONE;
  return count(request, application, options);
}

/** By what a deletion is counted: of the same application and object it is the same. */
export function deletionKeys(
  request: AdmissionRequest,
  application: ObjectReference,
): { readonly application: string; readonly object: string } {
  const { namespace = '', name } = application;
  const place = { namespace: namespaceOf(request), name: nameOf(request) };
  return {
    application: `${application.kind} ${formatPlace({ namespace, name })}`,
    object: `${formatResource(request.resource)} ${formatPlace(place)}`,
  };
}

async function count(
  request: AdmissionRequest,
  application: ObjectReference,
  { counts, lookupObject, deadlineAtMs }: DeletionsOptions,
): Promise<GatheredDeletions> {
  const found = await lookupObject(application, deadlineAtMs);
  if (found.status === 'unavailable' && found.code !== 'lookup_not_configured') return found;
  const objects = found.status === 'found' ? parseApplicationObjects(found.object) : NO_CLUSTER;
  // An application that is gone deletes what it left with its finalizer: its own deletion was judged.
  if (found.status === 'absent' || objects?.isDeleting === true) return NONE;
  if (objects === undefined) {
    const reason = `the ${application.kind} is malformed`;
    return { status: 'unavailable', code: 'fact_unavailable', reason };
  }
  const counted = counts.ask({
    ...deletionKeys(request, application),
    listedCount: objects.listedCount,
    isDryRun: request.dryRun === true,
  });
  const { plannedCount, allowedCount } = objects;
  return { status: 'known', value: { ...counted, plannedCount, allowedCount } };
}

function isHook({ oldObject }: AdmissionRequest): boolean {
  const annotations = oldObject?.metadata?.annotations ?? {};
  return HOOKS.some((name) => Object.hasOwn(annotations, name));
}
