/** Texts with a limit in bytes. */

/** The longest beginning of the text that has at most so many bytes of UTF-8, and no half of a character. */
export function cutToBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text.toWellFormed();
  // As in a stream, a character that is not complete waits for its rest, which never comes.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return decoder.decode(bytes.subarray(0, Math.max(bytesMax, 0)), { stream: true });
}
