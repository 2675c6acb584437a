/**
 * Globs of Argo CD: `include` and `exclude` of a directory, group and kind of `ignoreDifferences`. Their language is that of
 * github.com/gobwas/glob without separators: `*` matches `/` too, `?` is one character, and braces list alternatives.
 */
import { matchesWildcards } from '../base/match-wildcards.ts';

/** Alternatives of one pattern; more is an attack on the matcher. */
const ALTERNATIVES_MAX = 64;

/** `undefined` for what is not supported: character classes and escapes. */
export function matchGlob(pattern: string, text: string): boolean | undefined {
  if (/[[\]\\]/u.test(pattern)) return undefined;
  const alternatives = expandBraces(pattern);
  return alternatives?.some((one) => matchesWildcards(text, one, '?'));
}

function expandBraces(pattern: string): readonly string[] | undefined {
  let expanded = [''];
  for (const part of pattern.split(/(?<braces>\{[^{}]*\})/u)) {
    const isBraces = part.startsWith('{') && part.endsWith('}');
    const choices = isBraces ? part.slice(1, -1).split(',') : [part];
    if (!isBraces && /[{}]/u.test(part)) return undefined;
    expanded = expanded.flatMap((start) => choices.map((choice) => `${start}${choice}`));
    if (expanded.length > ALTERNATIVES_MAX) return undefined;
  }
  return expanded;
}
