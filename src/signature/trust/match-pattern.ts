/**
 * Patterns of repositories, paths and identities. `*` matches any characters of one segment, `**` as a whole segment matches any
 * segments. Everything else is literal: a regular expression without an anchor would accept `evil.example.com.attacker.net`.
 *
 * Linear in practice and never exponential: each wildcard is tried again from one place only.
 */

/** Whether the whole text matches. `*` matches neither `/` nor `@`. */
export function matchesPattern(text: string, pattern: string): boolean {
  return matchAll(text.split('/'), pattern.split('/'), {
    isAny: (part) => part === '**',
    matches: matchesSegment,
  });
}

function matchesSegment(text: string, pattern: string): boolean {
  return matchAll(Array.from(text), Array.from(pattern), {
    isAny: (character) => character === '*',
    matches: (character, wanted) => character === wanted,
    stopsAt: (character) => character === '@',
  });
}

interface Matching {
  readonly isAny: (wanted: string) => boolean;
  readonly matches: (part: string, wanted: string) => boolean;
  /** What a wildcard never takes. */
  readonly stopsAt?: (part: string | undefined) => boolean;
}

/** Greedy with one place to return to: the last wildcard takes one part more. */
function matchAll(
  parts: readonly string[],
  wanted: readonly string[],
  { isAny, matches, stopsAt = () => false }: Matching,
): boolean {
  let part = 0;
  let place = 0;
  let wildcard: { readonly place: number; part: number } | undefined;
  for (let have = parts[part]; have !== undefined; have = parts[part]) {
    const want = wanted[place];
    if (want !== undefined && isAny(want)) {
      wildcard = { place, part };
      place += 1;
    } else if (want !== undefined && matches(have, want)) {
      part += 1;
      place += 1;
    } else if (wildcard !== undefined && !stopsAt(parts[wildcard.part])) {
      wildcard.part += 1;
      part = wildcard.part;
      place = wildcard.place + 1;
    } else {
      return false;
    }
  }
  return wanted.slice(place).every(isAny);
}
