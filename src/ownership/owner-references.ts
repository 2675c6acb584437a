/** The owner references of an object, as far as they are whole. Source: k8s.io/apimachinery meta/v1 OwnerReference. */
import type { KubernetesObject, OwnerReference } from '../kubernetes/object.ts';

/** Entries that lack a part name nobody, and are left out. */
export function ownersOf({ metadata }: KubernetesObject): readonly OwnerReference[] {
  const owners: unknown = metadata?.ownerReferences;
  return Array.isArray(owners) ? owners.filter(isOwner) : [];
}

/** The one owner that controls the object; the API server accepts no second. */
export function controllerOf(object: KubernetesObject): OwnerReference | undefined {
  return ownersOf(object).find(({ controller }) => controller === true);
}

/** `apps/v1` in its parts; the core group is the empty text. */
export function parseApiVersion(apiVersion: string): {
  readonly group: string;
  readonly version: string;
} {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  return { group, version };
}

function isOwner(value: unknown): value is OwnerReference {
  if (typeof value !== 'object' || value === null) return false;
  return ['apiVersion', 'kind', 'name', 'uid'].every(
    (key) => typeof Reflect.get(value, key) === 'string',
  );
}
