/** An excerpt of a target's response for a failure reason: short, one line, without our secrets. */

/** A reason is part of a log line. */
const CHARS_MAX = 200;
const MASK = '[redacted]';

/**
 * The beginning of the text, redacted: a target may echo the request, and the reason is written to logs and
 * dead letters.
 */
export function formatExcerpt(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) masked = masked.replaceAll(secret, MASK);
  const line = masked.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  if (line.length <= CHARS_MAX) return line.toWellFormed();
  return `${line.slice(0, CHARS_MAX - 1)}…`.toWellFormed();
}
