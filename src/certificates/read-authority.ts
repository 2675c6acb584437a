/** Reads the CA that signed the webhook's certificate. */
import { readBounded } from '../base/read-bounded.ts';
import { HoldfastError } from '../errors.ts';
import { parseAuthority } from './parse-authority.ts';

/** A bundle of all public CAs has a quarter of this size. */
const FILE_BYTES_MAX = 1024 * 1024;

/**
 * The certificates in PEM, checked. Throws `input_unreadable` or `input_invalid`; messages name
 * the file as `shown`.
 */
export async function readAuthority(file: string, shown = file): Promise<string> {
  const read = await readBounded(file, FILE_BYTES_MAX);
  if (!read.ok) throw new HoldfastError('input_unreadable', `"${shown}": ${read.reason}`);
  const parsed = parseAuthority(Buffer.from(read.bytes).toString('utf8'));
  if (!parsed.ok) {
    throw new HoldfastError('input_invalid', `"${shown}": ${parsed.reason}`, {
      remedy: 'Name the certificate of the authority, in PEM: holdfast certs writes it as ca.crt',
    });
  }
  return parsed.pem;
}
