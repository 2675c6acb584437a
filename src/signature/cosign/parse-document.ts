/** JSON beside an image, read strictly: two readers must not see two documents. */
import { z } from 'zod';
import { formatIssuePath } from '../../base/format-issue-path.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { decodeBase64 } from '../decode-base64.ts';
import { parsed, type Parsed } from '../parsed.ts';
import { rejected, type Rejected } from '../verification.ts';
import { COSIGN_LIMITS } from './settings.ts';

const BYTES_MAX = COSIGN_LIMITS['signature.cosign.documentBytesMax'].default;
const DEPTH_MAX = COSIGN_LIMITS['signature.cosign.depthMax'].default;

/** Bytes in base64 (RFC 4648 section 4), in the one encoding that they have. */
export const base64Schema = z.string().transform((text, context): Buffer => {
  const bytes = decodeBase64(text);
  if (bytes !== undefined) return bytes;
  context.addIssue({ code: 'custom', message: 'Expected base64' });
  return z.NEVER;
});

/** A whole number that is not negative: protocol buffers write 64 bits as text. */
export const unsignedSchema = z
  .union([z.string().regex(/^\d{1,19}$/u), z.int().min(0)])
  .transform((value) => BigInt(value));

/** Reads a document of the schema; `what` begins the sentence of a refusal. */
export function parseDocument<Schema extends z.ZodType>(
  bytes: Buffer,
  { schema, what }: { readonly schema: Schema; readonly what: string },
): Parsed<z.output<Schema>> {
  if (bytes.length > BYTES_MAX) {
    return rejected(
      'limit_exceeded',
      `${what} has ${bytes.length} bytes, at most ${BYTES_MAX} are read`,
    );
  }
  const json = parseStrictJson(bytes, { depthMax: DEPTH_MAX });
  if (!json.ok) return malformed(`${what} cannot be read: ${json.message}`);
  const result = schema.safeParse(json.value);
  if (result.success) return parsed(result.data);
  return malformed(`${what} is not as expected${formatIssuePath(result.error.issues)}`);
}

/** The refusal of bytes that nobody can read as what they claim to be. */
export function malformed(reason: string): Rejected {
  return rejected('malformed_signature', reason);
}
