/** Untrusted text (usernames, names of objects) made safe for a notification. */

/** Control and format characters: line breaks, and characters that reverse or hide text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu;

/** One line of printable characters. */
export function formatLine(text: string): string {
  return text.toWellFormed().replaceAll(UNPRINTABLE, ' ').trim();
}

/**
 * Truncates to a number of UTF-16 units, which is the upper bound of characters in any way of counting; never
 * splits a character, and adds an ellipsis.
 */
export function formatCut(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  return `${text
    .slice(0, lengthMax - 1)
    .replace(/[\uD800-\uDBFF]$/u, '')
    .toWellFormed()}…`;
}
