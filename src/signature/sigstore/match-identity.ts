/** Which identities are accepted: the issuer is equal, and so is the subject, or it matches a pattern from its first to its last character. */
import { matchesPattern } from '../../base/match-pattern.ts';
import type { FulcioIdentity } from './parse-fulcio-identity.ts';

/** Somebody who may sign. */
export interface AcceptedIdentity {
  /** For example `https://accounts.google.com`. */
  readonly issuer: string;
  readonly subject: SubjectMatch;
}

/** A pattern is that of `base/match-pattern.ts`, as in rules about commits. */
export type SubjectMatch =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'pattern'; readonly value: string };

/** Says whether the identity is one of those. */
export function matchIdentity(
  { issuer, subject }: Pick<FulcioIdentity, 'issuer' | 'subject'>,
  accepted: readonly AcceptedIdentity[],
): boolean {
  return accepted.some((one) => one.issuer === issuer && matchSubject(subject, one.subject));
}

/** Says whether a text is that, from its first to its last character. */
export function matchSubject(text: string, { kind, value }: SubjectMatch): boolean {
  return kind === 'exact' ? value === text : matchesPattern(text, value);
}

/** Why a pattern cannot be used; undefined if it can. */
export function findPatternFault(pattern: string): string | undefined {
  return /^\**$/u.test(pattern)
    ? 'it accepts everybody whom the issuer knows: write a part of the subject'
    : undefined;
}
