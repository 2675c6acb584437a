/** Globs of Argo CD's `include` and `exclude`. Source: github.com/gobwas/glob without separators: `*` matches `/` too. */

/** Alternatives of one pattern; more is an attack on the matcher. */
const ALTERNATIVES_MAX = 64;

/** `undefined` for what is not supported: character classes and escapes. */
export function matchGlob(pattern: string, text: string): boolean | undefined {
  if (/[[\]\\]/u.test(pattern)) return undefined;
  const alternatives = expandBraces(pattern);
  return alternatives?.some((one) => matchWildcards(one, text));
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

/** Goes back to the last asterisk only: at most the product of both lengths. */
function matchWildcards(pattern: string, text: string): boolean {
  let [at, star, resume] = [0, -1, 0];
  for (let index = 0; index < text.length;) {
    if (at < pattern.length && pattern[at] === '*') {
      [star, resume] = [at, index];
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[index])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      resume += 1;
      [at, index] = [star + 1, resume];
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
