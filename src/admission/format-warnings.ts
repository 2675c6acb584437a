/**
 * Warnings as the API server passes them on in a `Warning` header: one line each, and not too many.
 * Source: k8s.io/apiserver pkg/endpoints/filters/warning.go, RFC 7234 section 5.5.
 */

/** The API server cuts longer ones in the middle of a word once the total is exceeded. */
const WARNING_CHARS_MAX = 256;
/** The API server silently drops warnings beyond this. */
const TOTAL_CHARS_MAX = 4096;
/** Room for the last line, which says how many are missing. */
const CLOSING_CHARS_MAX = 64;

/** What a warning ends with: by the decision its record is found. A longer one, of long names, is cut like any text. */
const ENDING = / \([^()]{1,100}, decision [0-9A-Z]{26}\)$/u;

/** The warnings that fit, each cut between words before its ending, and a last one that counts those that do not. */
export function fitWarnings(warnings: readonly string[]): readonly string[] {
  const lines = warnings.map(fitWarning);
  const fitting: string[] = [];
  let total = 0;
  for (const line of lines) {
    const reserved = fitting.length === lines.length - 1 ? 0 : CLOSING_CHARS_MAX;
    if (total + line.length + reserved > TOTAL_CHARS_MAX) break;
    fitting.push(line);
    total += line.length;
  }
  const missing = lines.length - fitting.length;
  if (missing === 0) return fitting;
  return [...fitting, `${missing} more ${missing === 1 ? 'warning' : 'warnings'} did not fit`];
}

function fitWarning(warning: string): string {
  // A header value is one line of printable characters; the API server drops warnings with line breaks.
  const line = warning.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  if (line.length <= WARNING_CHARS_MAX) return line;
  const ending = ENDING.exec(line)?.[0] ?? '';
  return `${cutText(line.slice(0, line.length - ending.length), WARNING_CHARS_MAX - ending.length)}${ending}`;
}

/** Of a text that is longer. */
function cutText(text: string, charsMax: number): string {
  const cut = text.slice(0, charsMax - 1);
  const space = cut.lastIndexOf(' ');
  // A word longer than half a line is cut inside, but never between the halves of one character.
  const kept = space > charsMax / 2 ? cut.slice(0, space) : cut.replace(/[\ud800-\udbff]$/, '');
  return `${kept}…`;
}
