/** The public keys that verify heads. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readBounded } from '../../base/read-bounded.ts';
import { readVerificationKey, type VerificationKey } from '../../base/json-web-signature.ts';
import { HoldfastError } from '../../errors.ts';

/** A key takes a few hundred bytes; a larger file is not a key. */
const KEY_BYTES_MAX = 64 * 1024;
/** The current key and the previous ones. */
const OWN_KEY = /^head-key(?:\.[\w-]+)?\.pub\.jwk$/u;

/** The keys of the named files; a file without a key is an error, because nothing would be verified with it. */
export async function readKeyFiles(files: readonly string[]): Promise<readonly VerificationKey[]> {
  return await Promise.all(files.map(readKey));
}

/** The keys beside a journal; unreadable ones prove nothing and are skipped. */
export async function readOwnKeys(folder: string): Promise<readonly VerificationKey[]> {
  const names = (await readdir(folder)).filter((name) => OWN_KEY.test(name));
  const read = await Promise.allSettled(names.map((name) => readKey(join(folder, name))));
  return read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

async function readKey(file: string): Promise<VerificationKey> {
  const read = await readBounded(file, KEY_BYTES_MAX);
  if (!read.ok) {
    throw new HoldfastError('input_unreadable', `Cannot read "${file}": ${read.reason}`);
  }
  const parsed = await readVerificationKey(new TextDecoder().decode(read.bytes));
  if (parsed.ok) return parsed.key;
  throw new HoldfastError('input_invalid', `No public key is in "${file}": ${parsed.reason}`);
}
