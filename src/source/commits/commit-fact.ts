/** What Rego reads of the commit that a managed object comes from (`input.facts.source.commit`). */
import type { CommitChanges } from '../mirror/read-changes.ts';
import type { PromotionFact } from '../promotion/promotion-fact.ts';

/** As `commits.rules.range` says. */
export type CommitRange = 'head' | 'since-verified';

export interface CommitPerson {
  readonly name: string;
  readonly email: string;
}

/** Who signed, without what only a verifier needs. */
export interface CommitSigner {
  readonly scheme: 'openpgp' | 'ssh' | 'gitsign' | 'x509';
  /** Fingerprint, principal, issuer and subject, or address: the same text for every signature of this signer. */
  readonly identity: string;
}

/** Read from the bytes of a commit whose object id was computed again. */
export interface CommitContent {
  readonly objectId: string;
  readonly author: CommitPerson;
  readonly committer: CommitPerson;
  /** RFC 3339, by the committer's own clock. */
  readonly committedAt: string;
  readonly parents: readonly string[];
  /** The trailers `Signed-off-by`: `Name <address>`, as the commit says. */
  readonly signOffs: readonly string[];
  /** Against the first parent; `null` where that could not be counted, absent where it is not asked for. */
  readonly changes?: CommitChanges | null | undefined;
}

/** What is concluded about a commit, whichever of the repository's paths an application deploys. */
export type CommitConclusion =
  | {
      readonly status: 'verified';
      /** In normal form. */
      readonly repository: string;
      readonly rule: string;
      readonly content: CommitContent;
      readonly signers: readonly CommitSigner[];
    }
  | {
      readonly status: 'rejected';
      readonly repository: string;
      /** Absent where no rule names the repository. */
      readonly rule?: string | undefined;
      /** Which commits the rule looks at: whether one on top mends what is wrong with an older one. */
      readonly range?: CommitRange | undefined;
      readonly code: string;
      readonly reason: string;
      /** The object id that was claimed, or of the commit at fault. */
      readonly objectId: string;
      /** Absent where there is no such commit. */
      readonly content?: CommitContent | undefined;
    };

/** One source of an application. */
export type CommitFact = {
  readonly path: string;
  /** Those that name the application; absent where none does. */
  readonly promotions?: readonly PromotionFact[] | undefined;
} & (
  | CommitConclusion
  | {
      readonly status: 'unavailable';
      readonly repository: string;
      readonly rule?: string | undefined;
      readonly reason: string;
      /** What the rule says about that. */
      readonly mode: 'deny' | 'warn' | 'allow';
    }
  | {
      /** No rule names the repository, or the source has no commit. */
      readonly status: 'unjudged';
      readonly repository: string;
      readonly reason: string;
    }
);
