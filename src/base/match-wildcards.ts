/** Matches a text against one with wildcards that stand for any character, as in lists of names, where no character has a meaning. */

/**
 * Whether the whole text matches: `*` is any text, also an empty one. At most the product of both lengths, without a regular expression, as
 * patterns and texts are other people's: only the last `*` is ever tried again.
 *
 * @param single stands for exactly one character; every character is literal where it is absent
 */
export function matchesWildcards(text: string, pattern: string, single?: '?'): boolean {
  let at = 0;
  let patternAt = 0;
  let star = -1;
  let starText = 0;
  while (at < text.length) {
    const wanted = pattern[patternAt];
    if (wanted === '*') {
      star = patternAt;
      starText = at;
      patternAt += 1;
    } else if (wanted !== undefined && (wanted === single || wanted === text[at])) {
      patternAt += 1;
      at += 1;
    } else if (star !== -1) {
      starText += 1;
      patternAt = star + 1;
      at = starText;
    } else return false;
  }
  while (pattern[patternAt] === '*') patternAt += 1;
  return patternAt === pattern.length;
}
