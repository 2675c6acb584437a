/**
 * Parses a path of fields with wildcards, as in `spec.http[*].route[*].weight`.
 *
 * Paths are written as denials print them: words with dots between, anything else in brackets, keys that are no words quoted. Only
 * brackets hold a `*`: alone for any item or key, at the end for those that begin so.
 */

export type ParsedFieldPattern =
  /** `undefined` where the path has no wildcard: it is compared as text. */
  | { readonly ok: true; readonly segments: readonly string[] | undefined }
  | { readonly ok: false; readonly reason: string };

const SEGMENT = /(?:^|\.)([A-Za-z_$][\w$-]*)|\[(?:"(?:[^"\\]|\\.)*"|[^\]"]+)\]/uy;
const WILDCARD = /\[(?:\*\]|"?[^\]]*\*"?\])/u;
const EXPECTED = 'Expected a path as denials print it, such as "spec.http[*].route[*].weight"';

/** Lists of metadata in which a wildcard alone would stand for what others rely on. */
const GUARDED_LISTS: ReadonlySet<string | undefined> = new Set([
  'annotations',
  'finalizers',
  'labels',
  'managedFields',
  'ownerReferences',
]);

/** `reason` is one sentence for the person who wrote the path. */
export function parseFieldPattern(path: string): ParsedFieldPattern {
  if (!WILDCARD.test(path)) return { ok: true, segments: undefined };
  const segments = parseFieldPath(path);
  if (segments === undefined) return { ok: false, reason: EXPECTED };
  if (opensMetadata(segments)) {
    return {
      ok: false,
      reason: 'Expected names of metadata, or beginnings with a domain such as "example.com/*"',
    };
  }
  return { ok: true, segments };
}

/** The keys and items of a path, in order; `undefined` if it is not written as denials print paths. */
export function parseFieldPath(path: string): readonly string[] | undefined {
  const segments: string[] = [];
  let at = 0;
  while (at < path.length) {
    SEGMENT.lastIndex = at;
    const found = SEGMENT.exec(path);
    if (found === null) return undefined;
    const [text, word] = found;
    segments.push(word ?? unquote(text.slice(1, -1)));
    at = SEGMENT.lastIndex;
  }
  return segments;
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  return text.slice(1, -1).replaceAll(/\\(.)/gu, '$1');
}

/** Stops a pattern from standing for the marks, finalizers and owners of everybody. */
function opensMetadata(segments: readonly string[]): boolean {
  const [first, list = '', name = ''] = segments;
  if (first !== 'metadata') return false;
  if (list.endsWith('*')) return true;
  if (!GUARDED_LISTS.has(list) || !name.endsWith('*')) return false;
  return !/^[^/*]+\.[^/*]+\/[^*]*\*$/u.test(name);
}
