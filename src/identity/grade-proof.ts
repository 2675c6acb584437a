/**
 * Grades how strongly a credential is bound to the running controller, from the API server's `userInfo`.
 *
 * Source: kubernetes pkg/serviceaccount/util.go (the extra keys), KEP-4193 (credential id and node of bound tokens).
 */
import type { UserInfo } from '../kubernetes/admission-request.ts';
import type { ProofGrade } from './actor.ts';

const POD_NAME = 'authentication.kubernetes.io/pod-name';
const POD_UID = 'authentication.kubernetes.io/pod-uid';
const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';
const SERVICE_ACCOUNT_PREFIX = 'system:serviceaccount:';

export interface GradedProof {
  readonly grade: ProofGrade;
  /** One clause for a person: `its token is not bound to a pod`. */
  readonly reason: string;
}

/** The grade of the credential behind `userInfo`. */
export function gradeProof(userInfo: UserInfo): GradedProof {
  if (!userInfo.username.startsWith(SERVICE_ACCOUNT_PREFIX)) {
    return { grade: 'none', reason: 'it is no service account' };
  }
  const extra = userInfo.extra ?? {};
  const hasUid = userInfo.uid !== undefined && userInfo.uid !== '';
  const hasExtra = Object.keys(extra).length > 0;
  if (!hasUid) {
    // `kubectl --as --as-user-extra` can forge the extra fields of a pod but leaves the uid empty: extra
    // fields alone prove nothing.
    return hasExtra
      ? {
          grade: 'none',
          reason: 'it carries extra fields but no uid, as a forged impersonation does',
        }
      : { grade: 'impersonated', reason: 'it was impersonated: it carries neither uid nor token' };
  }
  if (hasOneValue(extra[POD_NAME]) && hasOneValue(extra[POD_UID])) {
    return { grade: 'pod-bound', reason: 'its token is bound to a pod' };
  }
  if (hasOneValue(extra[CREDENTIAL_ID])) {
    return { grade: 'unbound', reason: 'its token is not bound to a pod' };
  }
  return hasExtra
    ? { grade: 'none', reason: 'it carries extra fields that no service account token has' }
    : { grade: 'legacy', reason: 'its token is a Secret token that never expires' };
}

/** Whether a credential of `grade` satisfies `required`. */
export function isSufficientProof(grade: ProofGrade, required: ProofGrade): boolean {
  if (required === 'none') return true;
  // Not an ordered grade: if an account is only ever impersonated, a real token of it must be stolen.
  if (PROFILES.has(required) || PROFILES.has(grade)) return grade === required;
  return STRENGTH[grade] >= STRENGTH[required];
}

const PROFILES: ReadonlySet<ProofGrade> = new Set(['impersonated', 'pinned']);

const STRENGTH: Readonly<Record<ProofGrade, number>> = {
  impersonated: 0,
  pinned: 0,
  none: 0,
  legacy: 1,
  unbound: 2,
  'pod-bound': 3,
};

/**
 * The grade of a user whose extra fields are pinned: each listed key must have exactly its values, and the user must
 * have a uid.
 *
 * Source: aws-iam-authenticator pkg/server (the extra keys `arn`, `canonicalArn`, `principalId`, `sessionName`).
 */
export function gradePinned(
  { uid, extra = {} }: UserInfo,
  pinned: Readonly<Record<string, readonly string[]>>,
): GradedProof {
  // `kubectl --as-user-extra` copies the extra fields; without `--as-uid` too, the uid stays empty.
  if (uid === undefined || uid === '') {
    return { grade: 'none', reason: 'it carries no uid, as an impersonated user does' };
  }
  const other = Object.entries(pinned).find(([key, values]) => !isSame(extra[key], values));
  return other === undefined
    ? { grade: 'pinned', reason: 'its cloud identity is the configured one' }
    : { grade: 'none', reason: `its extra field "${other[0]}" is not the configured one` };
}

/** Who else may hold an accepted credential of this grade, in one clause; `undefined` if nobody else should. */
export function describeWeakness(
  grade: ProofGrade,
  { isListed }: { readonly isListed: boolean },
): string | undefined {
  if (isListed) {
    return 'anyone who holds this very token or key, on the hub too, can write as it, and so can edits in the Argo CD UI';
  }
  switch (grade) {
    case 'pinned':
    case 'pod-bound':
      return undefined;
    case 'unbound':
      return 'anyone who may request a token of this account can write as it';
    case 'legacy':
      return 'anyone who can read its Secret, on this cluster or on the hub, can write as it, and so can edits in the Argo CD UI';
    case 'impersonated':
      return 'anyone who may impersonate this account can write as it';
    case 'none':
      return 'anyone with this user name can write as it';
  }
}

function isSame(found: readonly string[] | undefined, wanted: readonly string[]): boolean {
  return found?.length === wanted.length && wanted.every((value, index) => found[index] === value);
}

function hasOneValue(values: readonly string[] | undefined): boolean {
  return values?.length === 1 && values[0] !== '';
}
