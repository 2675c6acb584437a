/** The public keys that heads are checked with. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readBounded } from '../../base/read-bounded.ts';
import { readVerificationKey, type VerificationKey } from '../../base/json-web-signature.ts';
import { HoldfastError } from '../../errors.ts';

/** Keys have some hundred bytes; a larger file is the wrong one. */
const KEY_BYTES_MAX = 64 * 1024;
/** The present key, and those that it replaced. */
const OWN_KEY = /^head-key(?:\.[\w-]+)?\.pub\.jwk$/u;

/** The keys of files that were named; a file that holds none is an error, for nothing would be checked with it. */
export async function readKeyFiles(files: readonly string[]): Promise<readonly VerificationKey[]> {
  return await Promise.all(files.map(readKey));
}

/** The keys that lie beside a journal; those that cannot be read prove nothing and are left out. */
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
