/** What the status of an object says about a revision: where to look, and never a proof. */

/** The field that names the revision. */
export type RevisionClaimant =
  | 'running-operation'
  /** Succeeded, and applied the whole application. */
  | 'last-operation'
  /** Failed, was a dry run, or applied some of the objects. */
  | 'unfinished-operation'
  | 'comparison'
  | 'hydrator'
  | 'artifact'
  | 'last-attempt'
  | 'last-apply'
  | 'origin';

/**
 * Whoever may patch the status of an object chooses this text. A hint becomes a revision when the repository itself
 * has shown it: an object of the configured repository that the tracked ref contains.
 */
export interface RevisionHint {
  /** 40 or 64 hexadecimal digits in lower case. */
  readonly claimedObjectId: string;
  readonly claimedBy: RevisionClaimant;
  /** The last attempt of Flux, where it says that it has also applied all of this revision. */
  readonly isApplied?: true | undefined;
}

/** Whether the status says that all of this revision was applied, and not only compared, attempted or applied in part. */
export function claimsApplied({ claimedBy, isApplied }: RevisionHint): boolean {
  return claimedBy === 'last-operation' || claimedBy === 'last-apply' || isApplied === true;
}

/** What the status says was rendered from which commit; as little a proof as a hint. */
export interface Hydration {
  readonly hydratedObjectId: string;
  readonly dry: RevisionHint;
}

/** Why an object comes from no single commit. */
export type NoCommitReason =
  /** A chart of a Helm repository. */
  | 'helm-repository'
  /** An OCI artifact or chart. */
  | 'oci'
  /** An object store. */
  | 'bucket'
  /** Composed of several sources, so that no one commit has the content. */
  | 'composed';

/** One source of an application. */
export type SourceHint =
  | {
      readonly kind: 'commit';
      /** As it is written in the object. */
      readonly repository: string;
      /** What the application follows: a branch, a tag, a range of versions, an object id, or `HEAD`. */
      readonly tracked: string;
      readonly path: string;
      /** `dry` and `hydrated` come in pairs: the second one was rendered from the first one. */
      readonly role: 'source' | 'dry' | 'hydrated';
      /** The most current first; empty if the status names no commit. */
      readonly hints: readonly RevisionHint[];
      /**
       * An operation runs whose commit no field names yet: it applies the tip of this branch or tag. The hints are then of earlier
       * operations.
       */
      readonly tipOf?: string | undefined;
      /** Of a dry source: `hints` are of what was applied, which may be another commit than an operation applies now. */
      readonly hydrations?: readonly Hydration[] | undefined;
    }
  | {
      readonly kind: 'no-commit';
      readonly repository: string;
      readonly reason: NoCommitReason;
      /** What the source of an artifact says about its own commit, without any proof. */
      readonly origin?: RevisionHint | undefined;
    };
