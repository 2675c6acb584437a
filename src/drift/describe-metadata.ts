/** A fingerprint of an object's metadata: equal where nothing has changed that is compared, so that the object need not be read. */
import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { listEntries } from './reduce-object.ts';

/**
 * Empty where the metadata cannot tell: a kind without a generation may change without a trace in it, because times of managedFields
 * are whole seconds.
 */
export function describeMetadata(object: KubernetesObject): string {
  const { metadata } = object;
  const { generation, uid, labels, annotations, ownerReferences, finalizers } = metadata ?? {};
  if (typeof generation !== 'number' || generation <= 0) return '';
  const compared = [
    generation,
    uid,
    labels,
    annotations,
    ownerReferences,
    finalizers,
    metadata?.deletionTimestamp,
    listEntries(object),
  ];
  return createHash('sha256').update(JSON.stringify(compared)).digest('base64url').slice(0, 22);
}
