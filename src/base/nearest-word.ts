/** Suggests the known word that a user probably meant. */

/** Longer words are not typing errors; comparing them would only cost time. */
const WORD_CHARS_MAX = 100;

/** The nearest of the known words, if it is close enough to be a typing error. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > WORD_CHARS_MAX) return undefined;
  const distanceMax = Math.max(2, Math.floor(word.length / 3));
  let nearest: string | undefined;
  let nearestDistance = distanceMax + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    // If more than half of a word differs, it is another word: "foo" is not "log".
    if (distance >= nearestDistance || distance > candidate.length / 2) continue;
    nearest = candidate;
    nearestDistance = distance;
  }
  return nearest;
}

/** The Levenshtein distance: how many characters to insert, delete or replace. */
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
