/**
 * Whether an Application of Argo CD has let go of an object: Git does not declare it any more, or the Application itself goes.
 * Source: argo-cd pkg/apis/application/v1alpha1 types.go, ResourceStatus.
 */
import { isRecord } from '../../base/is-record.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

/** False where that cannot be read: then a deletion is told. */
export function parsePruned(
  application: KubernetesObject,
  { group, kind, name }: { readonly group: string; readonly kind: string; readonly name: string },
): boolean {
  if (typeof application.metadata?.deletionTimestamp === 'string') return true;
  const { status } = application;
  const resources = isRecord(status) ? status['resources'] : undefined;
  // Before its first comparison it lists nothing: that says nothing of what Git declares.
  if (!Array.isArray(resources)) return false;
  const listed = resources
    .filter(isRecord)
    .find((one) => one['group'] === group && one['kind'] === kind && one['name'] === name);
  return listed === undefined || listed['requiresPruning'] === true;
}
