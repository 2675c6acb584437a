/** What a request changes (`input.facts.change` in Rego). */

export interface ChangedPath {
  /** As in `spec.template.spec.containers[app].image`; keys with dots are quoted: `metadata.annotations["a.b/c"]`. */
  readonly path: string;
  /** The same path as a list of keys (list items by name where they have one, else by index). */
  readonly segments: readonly (string | number)[];
  readonly kind: 'changed' | 'added' | 'removed';
  /** Short printable texts, cut and masked (Secret data never appears). Absent for additions / removals. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /**
   * The field managers that own the path in the stored object, with ", " between them; absent where nobody does or it
   * cannot be told. Names that clients chose for themselves: they prove nothing about a caller.
   */
  readonly owner?: string | undefined;
  /**
   * A GitOps controller declared it, or nobody can tell that none did. Only ever a reason to refuse; absent counts as true.
   */
  readonly gitOwned?: boolean | undefined;
}

export interface ChangeFact {
  /** False where nothing but bookkeeping (managedFields, resourceVersion, generation) differs. */
  readonly semantic: boolean;
  readonly paths: readonly ChangedPath[];
  /** Always-protected keys that were added, changed or removed, as paths . */
  readonly protectedKeys: readonly string[];
  /** More paths changed than the limit allows to list. */
  readonly truncated: boolean;
}

/** Which values of a change must not leave the process, beside those of Secrets, and what stands for them. */
export interface ChangeHider {
  readonly isHidden: (segments: readonly (string | number)[], value: unknown) => boolean;
  readonly hide: (value: unknown) => string;
}

/** Hides the values of Secrets alone, all behind one word. */
export const HIDE_SECRETS: ChangeHider = { isHidden: () => false, hide: () => '(hidden)' };
