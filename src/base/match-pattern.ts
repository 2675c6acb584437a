/**
 * Patterns of repositories, paths and identities: the one language of Holdfast for them. `*` is any text without `/` and `@`, `**` is any
 * text, and `**` as a whole segment may be no segment at all (`a/**` matches `a`). Everything else is literal, and
 * the whole text must match: a regular expression without an anchor would accept `ada@example.com.evil.org`, its dots match any character,
 * and some take a time that grows without bound with a text that an attacker chooses.
 *
 * Not for the languages of others: OpenSSH's lists (`signature/ssh`) and Argo CD's globs (`source/match-glob.ts`).
 */

/** Whether the whole text matches. In a time of at most the product of both lengths. */
export function matchesPattern(text: string, pattern: string): boolean {
  // Where in the text the parts so far can end.
  let ends: ReadonlySet<number> = new Set([0]);
  for (const part of parsePattern(pattern)) {
    const next = new Set<number>();
    for (const at of ends) addEnds(part, { text, at, next });
    if (next.size === 0) return false;
    ends = next;
  }
  return ends.has(text.length);
}

/**
 * - `within`: `*`
 * - `any`: `**`
 * - `segments`: two asterisks and a slash, as many whole segments as there are, each with its slash
 * - `rest`: `/**` at the end, nothing or a slash and any text
 */
type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'within' | 'any' | 'segments' | 'rest' };

const SEGMENTS = '**';
// The longest first: a slash and two asterisks only at the end, two and a slash only at the start of a segment.
const PART = /\/\*\*$|(?:^|(?<=\/))\*\*\/|\*\*|\*|[^*]+?(?=\*|\/\*\*$|$)/gu;

function parsePattern(pattern: string): readonly Part[] {
  const parts = collapse(pattern).match(PART) ?? [];
  return parts.map((text): Part => {
    switch (text) {
      case '/**':
        return { kind: 'rest' };
      case '**/':
        return { kind: 'segments' };
      case SEGMENTS:
        return { kind: 'any' };
      case '*':
        return { kind: 'within' };
      default:
        return { kind: 'literal', text };
    }
  });
}

/** Several of them are as one. */
function collapse(pattern: string): string {
  const segments = pattern.split('/');
  return segments
    .filter((segment, index) => segment !== SEGMENTS || segments[index - 1] !== SEGMENTS)
    .join('/');
}

interface Place {
  readonly text: string;
  readonly at: number;
  readonly next: Set<number>;
}

function addEnds(part: Part, { text, at, next }: Place): void {
  switch (part.kind) {
    case 'literal':
      if (text.startsWith(part.text, at)) next.add(at + part.text.length);
      return;
    case 'within':
      addWhile({ text, at, next }, (character) => character !== '/' && character !== '@');
      return;
    case 'any':
      addWhile({ text, at, next }, () => true);
      return;
    case 'segments':
      addSegments({ text, at, next });
      return;
    case 'rest':
      if (at === text.length || text[at] === '/') next.add(text.length);
  }
}

function addWhile(
  { text, at, next }: Place,
  continues: (character: string | undefined) => boolean,
): void {
  for (let end = at; end <= text.length; end += 1) {
    // What an earlier start has added goes on to the same ends.
    if (next.has(end)) return;
    next.add(end);
    if (!continues(text[end])) return;
  }
}

function addSegments({ text, at, next }: Place): void {
  next.add(at);
  for (let slash = text.indexOf('/', at); slash !== -1; slash = text.indexOf('/', slash + 1)) {
    if (next.has(slash + 1)) return;
    next.add(slash + 1);
  }
}
