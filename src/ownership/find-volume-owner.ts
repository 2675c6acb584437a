/**
 * Whose data a claim or a volume holds: the managed StatefulSet that a PersistentVolumeClaim was made for, and the managed
 * claim that a PersistentVolume is bound to. Neither carries a mark of its own, and losing one loses data.
 *
 * The StatefulSet controller names them `<template>-<statefulset>-<ordinal>` (pkg/controller/statefulset
 * stateful_set_utils.go getPersistentVolumeClaimName); either name may contain dashes, so every split is asked for.
 */
import { isRecord } from '../base/is-record.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectLookup } from '../kubernetes/lookup/lookup.ts';
import { describeRoot } from './find-root.ts';
import type { Answer, ObjectFact, VolumeOwner } from './object-fact.ts';
import type { ClaimReference } from './volume-changes.ts';

export interface VolumeOwnerSearch {
  readonly namespace: string;
  readonly lookupObject: (reference: ObjectReference) => Promise<ObjectLookup>;
  /** Whether a stored object is managed. */
  readonly describe: (
    stored: KubernetesObject,
    reference: ObjectReference,
  ) => ObjectFact | Promise<ObjectFact>;
}

export interface ClaimOwnerSearch extends Omit<VolumeOwnerSearch, 'namespace'> {
  readonly lookupMetadata: (reference: ObjectReference) => Promise<ObjectLookup>;
}

/** In Git, on the StatefulSet: its claims may be deleted by the GitOps controller, and by the policy's editors. */
export const DELETION_ANNOTATION = 'holdfast.dev/allow-volume-deletion';

/** A name of 253 characters could hold a hundred dashes; real ones hold a few. */
const SPLITS_MAX = 16;

/** `null` where the claim is of no managed StatefulSet. Too many dashes to ask about: unavailable, not "none". */
export async function findVolumeOwner(
  claim: string,
  search: VolumeOwnerSearch,
): Promise<Answer<VolumeOwner | null>> {
  const splits = splitClaimName(claim);
  if (splits.length > SPLITS_MAX) {
    return { status: 'unavailable', reason: `"${claim}" has too many dashes to be looked up` };
  }
  const answers = await Promise.all(splits.map((split) => askFor(split, search)));
  const owner = answers.find((answer) => answer.status === 'known' && answer.value !== null);
  if (owner !== undefined) return owner;
  const failure = answers.find(({ status }) => status === 'unavailable');
  return failure ?? { status: 'known', value: null };
}

/**
 * Whose data a volume holds: the managed claim that it is bound to, or that claim's StatefulSet. `null` where the claim is
 * gone, is another one of that name, or is being deleted: that deletion has been judged, and volumes go after their claims.
 */
export async function findClaimOwner(
  { namespace, name, uid }: ClaimReference,
  { lookupMetadata, ...search }: ClaimOwnerSearch,
): Promise<Answer<VolumeOwner | null>> {
  const resource = 'persistentvolumeclaims';
  const kind = { group: '', version: 'v1', resource, kind: 'PersistentVolumeClaim' };
  const reference = { ...kind, namespace, name };
  const claim = await lookupMetadata(reference);
  if (claim.status === 'unavailable') return { status: 'unavailable', reason: claim.reason };
  const none: Answer<null> = { status: 'known', value: null };
  if (claim.status === 'absent') return none;
  const { metadata } = claim.object;
  if (uid !== undefined && metadata?.uid !== uid) return none;
  if ((metadata?.deletionTimestamp ?? null) !== null) return none;
  const fact = await search.describe(claim.object, reference);
  if (!fact.managed) return findVolumeOwner(name, { ...search, namespace });
  const deletionAllowed = metadata?.annotations?.[DELETION_ANNOTATION] === 'true';
  const retained = {
    uid: metadata?.uid ?? '',
    whenDeleted: 'Retain',
    whenScaled: 'Retain',
    deletionAllowed,
  };
  return { status: 'known', value: { ...describeRoot(reference, fact), ...retained } };
}

interface ClaimName {
  readonly template: string;
  readonly statefulSet: string;
}

function splitClaimName(claim: string): readonly ClaimName[] {
  const base = /^(.+)-\d+$/u.exec(claim)?.[1];
  if (base === undefined) return [];
  const dashes = [...base.matchAll(/-/gu)].map(({ index }) => index);
  return dashes
    .map((at) => ({ template: base.slice(0, at), statefulSet: base.slice(at + 1) }))
    .filter(({ template, statefulSet }) => template !== '' && statefulSet !== '');
}

async function askFor(
  { template, statefulSet }: ClaimName,
  { namespace, lookupObject, describe }: VolumeOwnerSearch,
): Promise<Answer<VolumeOwner | null>> {
  const kind = { group: 'apps', version: 'v1', resource: 'statefulsets', kind: 'StatefulSet' };
  const reference = { ...kind, namespace, name: statefulSet };
  const answer = await lookupObject(reference);
  if (answer.status === 'unavailable') return { status: 'unavailable', reason: answer.reason };
  const stored = answer.status === 'found' ? answer.object : undefined;
  if (stored === undefined || !hasTemplate(stored, template)) {
    return { status: 'known', value: null };
  }
  const fact = await describe(stored, reference);
  const value = fact.managed
    ? {
        ...describeRoot(reference, fact),
        uid: stored.metadata?.uid ?? '',
        ...describeRetention(stored),
      }
    : null;
  return { status: 'known', value };
}

function hasTemplate({ spec }: KubernetesObject, name: string): boolean {
  const templates = isRecord(spec) ? spec['volumeClaimTemplates'] : undefined;
  return (
    Array.isArray(templates) &&
    templates.some((template: unknown) => {
      const metadata = isRecord(template) ? template['metadata'] : undefined;
      return isRecord(metadata) && metadata['name'] === name;
    })
  );
}

function describeRetention({ spec, metadata }: KubernetesObject) {
  const policy = isRecord(spec) ? spec['persistentVolumeClaimRetentionPolicy'] : undefined;
  const texts = isRecord(policy) ? policy : {};
  return {
    whenDeleted: texts['whenDeleted'] === 'Delete' ? 'Delete' : 'Retain',
    whenScaled: texts['whenScaled'] === 'Delete' ? 'Delete' : 'Retain',
    deletionAllowed: metadata?.annotations?.[DELETION_ANNOTATION] === 'true',
  };
}
