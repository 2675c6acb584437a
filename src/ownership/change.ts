/** The changes of a request (`input.facts.change` in Rego). */

export interface ChangedPath {
  /** As in `spec.template.spec.containers[app].image`; keys with dots are quoted: `metadata.annotations["a.b/c"]`. */
  readonly path: string;
  /** The same path as a list of keys (list items by name where they have one, else by index). */
  readonly segments: readonly (string | number)[];
  readonly kind: 'changed' | 'added' | 'removed';
  /** Short printable texts, truncated and masked (Secret data never appears). Absent for additions / removals. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /**
   * The field managers that own the path in the stored object, separated by ", "; absent if there are none or they
   * are unknown. Clients choose these names: they prove nothing about a user.
   */
  readonly owner?: string | undefined;
  /**
   * A GitOps controller declared it, or it is unknown whether one did. Only ever a reason to refuse; absent counts as
   * true.
   */
  readonly gitOwned?: boolean | undefined;
}

export interface ChangeFact {
  /** False if only bookkeeping fields (managedFields, resourceVersion, generation) differ. */
  readonly semantic: boolean;
  readonly paths: readonly ChangedPath[];
  /** Always-protected keys that were added, changed or removed, as paths . */
  readonly protectedKeys: readonly string[];
  /** More paths changed than the limit allows. */
  readonly truncated: boolean;
}

/** The values of a change that must not leave the process, besides those of Secrets, and their replacement. */
export interface ChangeHider {
  readonly isHidden: (segments: readonly (string | number)[], value: unknown) => boolean;
  readonly hide: (value: unknown) => string;
}

/** Hides only the values of Secrets, with one word. */
export const HIDE_SECRETS: ChangeHider = { isHidden: () => false, hide: () => '(hidden)' };
