/** Untrusted text made safe for a terminal or a line of a file. */

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** One line without characters that move the cursor, hide text or end the line: each becomes U+FFFD. */
export function printable(text: string): string {
  return text.replaceAll(INVISIBLE, '\u{FFFD}');
}
