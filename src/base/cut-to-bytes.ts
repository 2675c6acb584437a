/** Texts with a limit in bytes. */

/** The longest prefix of the text that has at most so many bytes of UTF-8 and ends with a whole character. */
export function cutToBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text.toWellFormed();
  // Streaming mode holds an incomplete character back, and nothing follows it.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return decoder.decode(bytes.subarray(0, Math.max(bytesMax, 0)), { stream: true });
}
