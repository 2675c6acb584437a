/** What a target says, made fit for a reason: short, on one line, and without our secrets. */

/** A reason is a line of a log. */
const CHARS_MAX = 200;
const MASK = '[redacted]';

/** The beginning of the text. A target may echo what it was sent, and a reason goes to logs and dead letters. */
export function formatExcerpt(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) masked = masked.replaceAll(secret, MASK);
  const line = masked.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  if (line.length <= CHARS_MAX) return line.toWellFormed();
  return `${line.slice(0, CHARS_MAX - 1)}…`.toWellFormed();
}
