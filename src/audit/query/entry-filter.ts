/** What is searched for in journals. */

/** A resource with its place, as far as it was given. All texts are compared as they are, the resource in small letters. */
export interface ObjectPattern {
  /** Plural names that the given word may stand for: `deployment` is `deployments`; empty where any will do. */
  readonly resources: readonly string[];
  readonly group?: string | undefined;
  /** Empty for objects without a namespace. */
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Every condition must hold. */
export interface EntryFilter {
  /** From this moment on. */
  readonly sinceMs?: number | undefined;
  /** Before this moment. */
  readonly untilMs?: number | undefined;
  readonly username?: string | undefined;
  readonly namespace?: string | undefined;
  readonly object?: ObjectPattern | undefined;
  readonly allowed?: boolean | undefined;
  readonly code?: string | undefined;
  /** A policy that did not simply pass. */
  readonly policy?: string | undefined;
}
