/**
 * Which changes of a PersistentVolumeClaim or a PersistentVolume can lose data. What is bound decides, never
 * `status.phase`: whoever may write a status could say that nothing is.
 */
import { isRecord } from '../base/is-record.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';

/** The finalizers that keep a claim while a pod uses it, and a volume while a claim does. */
const PROTECTION_FINALIZERS: readonly string[] = [
  'kubernetes.io/pv-protection',
  'kubernetes.io/pvc-protection',
];

/** The claim that a volume is bound to. */
export interface ClaimReference {
  readonly namespace: string;
  readonly name: string;
  /** Absent where the volume was only reserved for a claim of this name. */
  readonly uid?: string | undefined;
}

/**
 * Whether the update of a claim or a volume could end with the deletion of its data. The API server resets the spec in
 * an update of the status, and nothing of the metadata: whoever may write a status could give a claim a dead owner.
 */
export function endangersVolume({
  operation,
  subResource = '',
  oldObject,
  object,
}: AdmissionRequest): boolean {
  if (operation !== 'UPDATE' || !oldObject || !object) return false;
  return (
    (subResource === '' || subResource === 'status') &&
    (gainsOwner(oldObject, object) ||
      losesProtection(oldObject, object) ||
      HOLDING.some((path) => textAt(oldObject, path) !== textAt(object, path)))
  );
}

/** A volume whose claimRef is taken off is free for anybody's claim; the reclaim policy says whether it is wiped. */
const HOLDING = [
  ['spec', 'claimRef', 'namespace'],
  ['spec', 'claimRef', 'name'],
  ['spec', 'claimRef', 'uid'],
  ['spec', 'persistentVolumeReclaimPolicy'],
  ['status', 'phase'],
] as const;

/** `undefined` where a volume is bound to no claim. */
export function claimOf(volume: KubernetesObject): ClaimReference | undefined {
  const namespace = textAt(volume, ['spec', 'claimRef', 'namespace']);
  const name = textAt(volume, ['spec', 'claimRef', 'name']);
  const uid = textAt(volume, ['spec', 'claimRef', 'uid']);
  return namespace === '' || name === ''
    ? undefined
    : { namespace, name, ...(uid !== '' && { uid }) };
}

/** A dead owner gets an object deleted by the garbage collector. */
function gainsOwner(from: KubernetesObject, to: KubernetesObject): boolean {
  const before = new Set(itemsOf(from.metadata?.ownerReferences).map(uidOf));
  return itemsOf(to.metadata?.ownerReferences).some((owner) => !before.has(uidOf(owner)));
}

function losesProtection(from: KubernetesObject, to: KubernetesObject): boolean {
  const after = new Set(itemsOf(to.metadata?.finalizers));
  const before = new Set(itemsOf(from.metadata?.finalizers));
  return PROTECTION_FINALIZERS.some((name) => before.has(name) && !after.has(name));
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function uidOf(owner: unknown): unknown {
  return isRecord(owner) ? owner['uid'] : undefined;
}

/** Empty where there is no text. */
function textAt(object: KubernetesObject, path: readonly string[]): string {
  let value: unknown = object;
  for (const key of path) value = isRecord(value) ? value[key] : undefined;
  return typeof value === 'string' ? value : '';
}
