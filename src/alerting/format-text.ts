/** Texts that strangers chose (usernames, names of objects), made fit for a line on somebody's phone. */

/** Control and format characters: line breaks, and what reverses or hides the text around it. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu;

/** One line of printable characters. */
export function formatLine(text: string): string {
  return text.toWellFormed().replaceAll(UNPRINTABLE, ' ').trim();
}

/**
 * Cuts to so many UTF-16 units, which is at most so many characters however a service counts them; never within a
 * character, and with an ellipsis where something is missing.
 */
export function formatCut(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  return `${text
    .slice(0, lengthMax - 1)
    .replace(/[\uD800-\uDBFF]$/u, '')
    .toWellFormed()}…`;
}
