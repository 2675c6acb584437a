/**
 * Keys that turn reconciliation off, hide an object from its controller, or get it deleted. A change of one is listed
 * separately.
 */
import type { KubernetesObject, ManagedFieldsEntry } from '../kubernetes/object.ts';

const ARGOCD_KEYS: ReadonlySet<string> = new Set(
  [
    'compare-options',
    'deletion-approved',
    'hook',
    'hook-delete-policy',
    'ignore-resource-updates',
    'installation-id',
    'skip-reconcile',
    'sync-options',
    'sync-wave',
    'tracking-id',
  ].map((name) => `argocd.argoproj.io/${name}`),
);

/** Feeds Argo CD's three-way diff: an edit of it hides or fakes differences. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Permissions that Git grants, such as `holdfast.dev/allow-volume-deletion`. */
const OWN_PREFIX = 'holdfast.dev/';

const FLUX_SUFFIX = '.toolkit.fluxcd.io';

/** Whether a label or annotation key is always protected. */
export function isProtectedKey(key: string, instanceLabelKey: string | undefined): boolean {
  if (ARGOCD_KEYS.has(key) || key === LAST_APPLIED || key === instanceLabelKey) return true;
  if (key.startsWith(OWN_PREFIX)) return true;
  const slash = key.indexOf('/');
  return slash > 0 && key.slice(0, slash).endsWith(FLUX_SUFFIX);
}

/** The API server merges the oldest entries into `ancient-changes` from this many on (capmanagers.go). */
const UPDATE_MANAGERS_MAX = 10;

/** The GitOps managers whose entries in managedFields are in the old object and not in the new one. */
export function findLostManagers(
  from: KubernetesObject,
  to: KubernetesObject,
  gitopsManagers: ReadonlySet<string>,
): readonly string[] {
  const before = entriesOf(from);
  const lost: string[] = [];
  for (const entry of before) {
    const { manager } = entry;
    if (typeof manager !== 'string' || !gitopsManagers.has(manager)) continue;
    if (entry.operation === 'Update' && isFull(before)) continue;
    const isKept = entriesOf(to).some(
      (other) =>
        other.manager === manager &&
        other.operation === entry.operation &&
        other.subresource === entry.subresource,
    );
    if (!isKept && !lost.includes(manager)) lost.push(manager);
  }
  return lost;
}

/** With this many Update entries, the API server itself may merge one, on a write by any user. */
function isFull(entries: readonly ManagedFieldsEntry[]): boolean {
  return entries.filter(({ operation }) => operation === 'Update').length >= UPDATE_MANAGERS_MAX;
}

function entriesOf(object: KubernetesObject): readonly ManagedFieldsEntry[] {
  const entries: unknown = object.metadata?.managedFields;
  return Array.isArray(entries) ? entries.filter(isEntry) : [];
}

function isEntry(value: unknown): value is ManagedFieldsEntry {
  return typeof value === 'object' && value !== null;
}
