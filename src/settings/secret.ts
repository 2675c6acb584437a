/** Secrets are read at each use: rotation takes effect, and no secret stays in memory longer than needed. */
import { readBounded } from '../base/read-bounded.ts';
import { SECRET_LIMITS, type SecretReference } from './secret-reference.ts';

export type SecretRead =
  | { readonly ok: true; readonly secret: string }
  | {
      readonly ok: false;
      /** Names the reference, and no part of the secret. */
      readonly reason: string;
    };

/** Reads the secret that a reference names, without the final newline that editors and `echo` write. */
export async function readSecret(
  reference: SecretReference,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<SecretRead> {
  const bytesMax = SECRET_LIMITS['secret.bytesMax'].default;
  if ('env' in reference) {
    const place = `The environment variable "${reference.env}"`;
    const value = environment[reference.env];
    if (value === undefined) return { ok: false, reason: `${place} is not set` };
    if (Buffer.byteLength(value) > bytesMax) {
      return { ok: false, reason: `${place} is larger than ${bytesMax} bytes` };
    }
    return finish(value, place);
  }
  const place = `The secret file "${reference.file}"`;
  const read = await readBounded(reference.file, bytesMax);
  if (!read.ok) return { ok: false, reason: `${place} cannot be read: ${read.reason}` };
  return finish(Buffer.from(read.bytes).toString('utf8'), place);
}

function finish(text: string, place: string): SecretRead {
  const secret = text.replace(/\r?\n$/u, '');
  // An empty secret is probably a missing mount; used as a key, it would be known to everyone.
  return secret === '' ? { ok: false, reason: `${place} is empty` } : { ok: true, secret };
}
