/** Lists of patterns, in the language of OpenSSH: it is that of `allowed_signers`, and not of our rules. Source: ssh_config(5), PATTERNS. */
import { matchesWildcards } from '../../base/match-wildcards.ts';

/**
 * Whether a text matches the list: at least one of its patterns, and none that begins with `!`. Upper and lower case differ.
 *
 * @param list patterns separated by commas; `*` is any text, `?` one character
 */
export function matchPatternList(text: string, list: string): boolean {
  let isMatched = false;
  for (const pattern of list.split(',')) {
    const isNegated = pattern.startsWith('!');
    if (!matchesWildcards(text, isNegated ? pattern.slice(1) : pattern, '?')) continue;
    if (isNegated) return false;
    isMatched = true;
  }
  return isMatched;
}
