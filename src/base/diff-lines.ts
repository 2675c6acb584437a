/** Differences between two texts, line by line, in the unified format of diff(1) (POSIX.1-2017, `diff -u`). */
import { formatPatch, OMIT_HEADERS, structuredPatch } from 'diff';

/** As diff(1) shows around a difference. */
const CONTEXT_LINES = 3;
/** More changed lines than any registration has; a longer difference is shown as removed and added whole. */
const EDITS_MAX = 4000;

/** The hunks, without the two lines that name the files. Empty if the texts are the same. */
export function diffLines(before: string, after: string): readonly string[] {
  const compare = (options: { maxEditLength: number } | { comparator: () => boolean }) =>
    structuredPatch('', '', before, after, '', '', { context: CONTEXT_LINES, ...options });
  const patch = compare({ maxEditLength: EDITS_MAX }) ?? compare({ comparator: () => false });
  if (patch === undefined || patch.hunks.length === 0) return [];
  return formatPatch(patch, OMIT_HEADERS).trimEnd().split('\n');
}
