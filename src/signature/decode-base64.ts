/** Base64 with padding (RFC 4648 section 4). */

/** The bytes; `undefined` where the text is not the one encoding of any bytes. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
