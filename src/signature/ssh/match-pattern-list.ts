/** Lists of patterns. Source: ssh_config(5), PATTERNS. */

/**
 * Whether a text matches the list: at least one of its patterns, and none that begins with `!`. Upper and lower case differ.
 *
 * @param list patterns separated by commas; `*` is any text, `?` one character
 */
export function matchPatternList(text: string, list: string): boolean {
  let isMatched = false;
  for (const pattern of list.split(',')) {
    const isNegated = pattern.startsWith('!');
    if (!matchPattern(text, isNegated ? pattern.slice(1) : pattern)) continue;
    if (isNegated) return false;
    isMatched = true;
  }
  return isMatched;
}

/** Takes at most the product of both lengths: only the last `*` is ever tried again. */
function matchPattern(text: string, pattern: string): boolean {
  let at = 0;
  let patternAt = 0;
  let star = -1;
  let starText = 0;
  while (at < text.length) {
    if (pattern[patternAt] === '*') {
      star = patternAt;
      starText = at;
      patternAt += 1;
    } else if (patternAt < pattern.length && isSame(pattern[patternAt], text[at])) {
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

function isSame(wanted: string | undefined, found: string | undefined): boolean {
  return wanted === '?' || wanted === found;
}
