/** The known word that a person probably meant. */

/** Words longer than this are not slips of the fingers; comparing them would only cost time. */
const WORD_CHARS_MAX = 100;

/** The nearest of the known words, if it is near enough to be a slip of the fingers. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > WORD_CHARS_MAX) return undefined;
  const distanceMax = Math.max(2, Math.floor(word.length / 3));
  let nearest: string | undefined;
  let nearestDistance = distanceMax + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    // A word of which less than half is left was not mistyped: "foo" is no "log".
    if (distance >= nearestDistance || distance > candidate.length / 2) continue;
    nearest = candidate;
    nearestDistance = distance;
  }
  return nearest;
}

/** Levenshtein's distance: how many characters to insert, delete or replace. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = Number(previous[column - 1]) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const inserted = Number(current[column - 1]) + 1;
      const deleted = Number(previous[column]) + 1;
      current.push(Math.min(replaced, inserted, deleted));
    }
    previous = current;
  }
  return Number(previous[to.length]);
}
