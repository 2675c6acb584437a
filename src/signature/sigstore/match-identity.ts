/**
 * Which identities are accepted: the issuer is equal, and so is the subject, or it matches a pattern from its first to its last
 * character.
 *
 * Patterns are globs and not regular expressions: an unanchored expression accepts `ada@example.com.evil.org`, its dots match any
 * character, and some expressions take a time that grows without bound with the subject, which an attacker chooses.
 */
import type { FulcioIdentity } from './parse-fulcio-identity.ts';

/** Somebody who may sign. */
export interface AcceptedIdentity {
  /** For example `https://accounts.google.com`. */
  readonly issuer: string;
  readonly subject: SubjectMatch;
}

/** In a pattern, `*` stands for any characters except `/`, and `**` for any characters. */
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
  return kind === 'exact' ? value === text : matchGlob(value, text);
}

/** Why a pattern cannot be used; undefined if it can. */
export function findPatternFault(pattern: string): string | undefined {
  return /^\**$/u.test(pattern)
    ? 'it accepts everybody whom the issuer knows: write a part of the subject'
    : undefined;
}

/** In a time of at most the product of both lengths. */
function matchGlob(pattern: string, text: string): boolean {
  const parts = pattern.match(/\*\*|\*|[^*]+/gu) ?? [];
  // Where in the text the parts so far can end.
  let ends = new Set([0]);
  for (const part of parts) {
    const next = new Set<number>();
    for (const at of ends) addEnds(part, { text, at, next });
    ends = next;
  }
  return ends.has(text.length);
}

function addEnds(
  part: string,
  { text, at, next }: { readonly text: string; readonly at: number; readonly next: Set<number> },
): void {
  if (!part.startsWith('*')) {
    if (text.startsWith(part, at)) next.add(at + part.length);
    return;
  }
  for (let end = at; end <= text.length; end += 1) {
    // What an earlier start has added goes on to the same ends.
    if (next.has(end)) return;
    next.add(end);
    if (part === '*' && text[end] === '/') return;
  }
}
