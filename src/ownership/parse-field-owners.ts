/**
 * Parses the field owners of a stored object from its managedFields.
 *
 * Paths are followed without a schema: they are valid only for the API version of the entry, and anyone who can
 * write an object can write its managedFields. So in doubt every field counts as Git's. Source:
 * k8s.io/apimachinery meta/v1 ManagedFieldsEntry; structured-merge-diff fieldpath/serialize-pe.go.
 */
import { isRecord } from '../base/is-record.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';

/** One node of `fieldsV1`: its keys are `.`, `f:<name>`, `k:<keys>`, `v:<value>` and `i:<index>`. */
export type FieldTree = Readonly<Record<string, unknown>>;

/** The fields of one entry. */
export interface OwnedFields {
  readonly manager: string;
  readonly isGit: boolean;
  readonly tree: FieldTree;
}

export interface FieldOwners {
  readonly entries: readonly OwnedFields[];
  /** The entries do not reliably show what Git declares: then every field counts as Git's. */
  readonly isDoubtful: boolean;
}

/** Field managers whose entries show what Git declares. */
export const GITOPS_MANAGERS: readonly string[] = [
  'argocd-controller',
  'argocd-application-controller',
  'kustomize-controller',
  'helm-controller',
];

/**
 * The managers into which the API server merges the fields of others: of all writers before the first server-side
 * apply, and of the oldest Update entries if there are more than ten (capmanagers.go). A GitOps controller's fields
 * may be among them.
 */
const COLLECTIVE_MANAGERS: ReadonlySet<string> = new Set(['ancient-changes', 'before-first-apply']);

/** Reads the entries of the stored object, never of the new one: that one already includes the request. */
export function parseFieldOwners(
  stored: KubernetesObject,
  gitopsManagers: ReadonlySet<string>,
): FieldOwners {
  const written: unknown = stored.metadata?.managedFields;
  const entries: OwnedFields[] = [];
  let hasGit = false;
  let isDoubtful = false;
  for (const entry of Array.isArray(written) ? written : []) {
    // `[{}]` is how a client resets managedFields (fieldmanager.go isResetManagedFields).
    if (!isRecord(entry) || typeof entry['manager'] !== 'string') continue;
    const { manager, apiVersion, fieldsV1 } = entry;
    const isGit = gitopsManagers.has(manager) || COLLECTIVE_MANAGERS.has(manager);
    const isReadable = apiVersion === stored.apiVersion && isRecord(fieldsV1);
    if (isReadable) entries.push({ manager, isGit, tree: fieldsV1 });
    // The object was converted to the request's version, but the paths of an entry never are.
    else if (isGit) isDoubtful = true;
    hasGit ||= isGit;
  }
  // A managed object without an entry of a GitOps controller: managedFields were reset, dropped because of
  // their size, or taken over by an earlier write.
  return { entries, isDoubtful: isDoubtful || !hasGit };
}
