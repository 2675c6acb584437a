/** Whether the commits that an application deploys satisfy their rule. */
import type { WallMs } from '../../base/clock.ts';
import type { RejectionCode, Signer, Verification } from '../verification.ts';
import { addressesOf, identityOf, isAccepted, type KeyringMembers } from './match-signer.ts';
import type { CommitRule } from './settings.ts';

/** A commit with what its verifier concluded. */
export interface ExaminedCommit {
  readonly oid: string;
  readonly isMerge: boolean;
  readonly authorEmail: string;
  readonly committerEmail: string;
  readonly committedAtMs: WallMs;
  readonly verification: Verification;
  /** What the keyrings of the forge say; only asked for a merge. */
  readonly forgeVerification?: Verification | undefined;
}

/** What a rule refuses besides what a verifier does. */
export const RULE_REJECTION_CODES = [
  /** A commit that was verified is not in the history of its ref any more (force-push). */
  'history_rewritten',
  'signer_not_accepted',
  'author_mismatch',
  'committer_mismatch',
  'commit_too_old',
  'too_few_signers',
] as const;

export type CommitRejectionCode = RejectionCode | (typeof RULE_REJECTION_CODES)[number];

export type CommitVerdict =
  | {
      readonly status: 'verified';
      /** Distinct, in the order of the commits. */
      readonly signers: readonly Signer[];
    }
  | {
      readonly status: 'rejected';
      readonly code: CommitRejectionCode;
      readonly reason: string;
      /** The commit at fault. */
      readonly oid: string;
    }
  | {
      readonly status: 'unavailable';
      readonly reason: string;
      readonly retryAfterMs: number;
    };

export interface CommitRange {
  /** The deployed commit first, then those since the last verified one. */
  readonly commits: readonly [ExaminedCommit, ...ExaminedCommit[]];
  readonly rule: CommitRule;
  readonly keyrings: KeyringMembers;
  readonly nowMs: WallMs;
}

/** A rejection is final and wins over what is unavailable: waiting cannot mend it. */
export function decideCommits({ commits, rule, keyrings, nowMs }: CommitRange): CommitVerdict {
  const verdicts = commits.map((commit) => decideOne(commit, rule, keyrings));
  const rejected = verdicts.find((verdict) => verdict.status === 'rejected');
  if (rejected !== undefined) return rejected;
  const [head] = commits;
  if (rule.ageMaxMs !== undefined && nowMs - head.committedAtMs > rule.ageMaxMs) {
    return reject(head, 'commit_too_old', `It is older than the ${rule.ageMaxMs} ms of its rule`);
  }
  const unavailable = verdicts.find((verdict) => verdict.status === 'unavailable');
  if (unavailable !== undefined) return unavailable;
  const signers = distinct(verdicts.flatMap((verdict) => signersOf(verdict)));
  if (signers.length >= rule.signersMin) return { status: 'verified', signers };
  const found = signers.map(identityOf).join(', ') || 'none';
  return reject(
    head,
    'too_few_signers',
    `Wanted ${rule.signersMin} distinct signers since the last verified commit, found ${found}`,
  );
}

type OneVerdict = CommitVerdict | { readonly status: 'merged-by-forge' };

function decideOne(commit: ExaminedCommit, rule: CommitRule, keyrings: KeyringMembers): OneVerdict {
  const { verification, forgeVerification } = commit;
  // The forge merges what others have signed; its key vouches for no author, so nothing else may bear it.
  if (commit.isMerge && rule.mergeCommits === 'forge' && forgeVerification?.status === 'verified') {
    return { status: 'merged-by-forge' };
  }
  switch (verification.status) {
    case 'rejected':
      return reject(commit, verification.code, verification.reason);
    case 'unavailable':
      return verification;
    case 'verified':
      return decideSigner(commit, verification.signer, { rule, keyrings });
  }
}

function decideSigner(
  commit: ExaminedCommit,
  signer: Signer,
  { rule, keyrings }: Pick<CommitRange, 'rule' | 'keyrings'>,
): CommitVerdict {
  const identity = identityOf(signer);
  if (!isAccepted(signer, rule.signers, keyrings)) {
    return reject(
      commit,
      'signer_not_accepted',
      `The signer ${identity} is not one that the rule "${rule.name}" accepts`,
    );
  }
  const addresses = addressesOf(signer);
  const { authorEmail, committerEmail } = commit;
  if (rule.committerMustMatch && !addresses.has(committerEmail.toLowerCase())) {
    return reject(
      commit,
      'committer_mismatch',
      `The committer ${committerEmail} is not the signer ${identity}`,
    );
  }
  if (rule.authorMustMatch && !addresses.has(authorEmail.toLowerCase())) {
    return reject(
      commit,
      'author_mismatch',
      `The author ${authorEmail} is not the signer ${identity}`,
    );
  }
  return { status: 'verified', signers: [signer] };
}

function signersOf(verdict: OneVerdict): readonly Signer[] {
  return verdict.status === 'verified' ? verdict.signers : [];
}

function distinct(signers: readonly Signer[]): readonly Signer[] {
  return [...new Map(signers.map((signer) => [identityOf(signer), signer])).values()];
}

function reject(
  { oid }: ExaminedCommit,
  code: CommitRejectionCode,
  reason: string,
): Extract<CommitVerdict, { status: 'rejected' }> {
  return { status: 'rejected', code, reason, oid };
}
