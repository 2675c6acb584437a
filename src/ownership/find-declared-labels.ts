/**
 * The labels that a workload's template declares for its pods.
 *
 * Services, network policies and budgets select by them, whoever wrote those. A label that the template has is declared;
 * others are notes.
 */
import { isRecord } from '../base/is-record.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectLookup } from '../kubernetes/lookup/lookup.ts';
import { controllerOf, parseApiVersion } from './owner-references.ts';

export interface DeclaredLabelsSearch {
  readonly namespace: string;
  readonly lookupObject: (reference: ObjectReference) => Promise<ObjectLookup>;
  /** The resource name of a kind, where only the kind is known. */
  readonly pluralOf: (kind: string) => string;
}

/** Whether an update of a pod takes a label off, or gives it another value. */
export function changesLabels({
  operation,
  resource,
  oldObject,
  object,
}: AdmissionRequest): boolean {
  if (operation !== 'UPDATE' || resource.group !== '' || resource.resource !== 'pods') return false;
  const after = object?.metadata?.labels;
  return Object.entries(oldObject?.metadata?.labels ?? {}).some(
    ([key, value]) => after?.[key] !== value,
  );
}

/** Keys. `undefined` where its controller could not be read, or has no template: then each label may be declared. */
export async function findDeclaredLabels(
  pod: KubernetesObject,
  { namespace, lookupObject, pluralOf }: DeclaredLabelsSearch,
): Promise<readonly string[] | undefined> {
  const owner = controllerOf(pod);
  if (owner === undefined) return undefined;
  const { apiVersion, kind, name, uid } = owner;
  const resource = pluralOf(kind);
  const answer = await lookupObject({
    ...parseApiVersion(apiVersion),
    kind,
    resource,
    namespace,
    name,
  });
  if (answer.status !== 'found' || answer.object.metadata?.uid !== uid) return undefined;
  const labels = ['template', 'metadata', 'labels'].reduce<unknown>(
    (at, key) => (isRecord(at) ? at[key] : undefined),
    answer.object['spec'],
  );
  return isRecord(labels) ? Object.keys(labels) : undefined;
}
