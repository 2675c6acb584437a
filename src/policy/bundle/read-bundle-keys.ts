/** Reads the keys that may sign bundles. */
import {
  readSigningKey,
  readVerificationKey,
  type KeyReading,
  type SignatureAlgorithm,
  type SigningKey,
} from '../../base/json-web-signature.ts';
import { readBounded } from '../../base/read-bounded.ts';
import { HoldfastError } from '../../errors.ts';
import { BUNDLE_LIMITS } from './settings.ts';
import type { BundleKey } from './verify-bundle.ts';

const KEY_BYTES_MAX = BUNDLE_LIMITS['bundle.keyFileBytesMax'].default;

/** OPA knows RSA alone by its documentation; it verifies these three. */
const ALGORITHMS: readonly SignatureAlgorithm[] = ['EdDSA', 'ES256', 'RS256'];

/** A key of `policies.keys`. */
export interface BundleKeyFile {
  readonly file: string;
  readonly scope: string;
}

/** Reads public keys; of a private key, its public part. Throws `policy_bundle_key_unusable`, which names the file. */
export async function readBundleKeys(
  files: readonly BundleKeyFile[],
): Promise<readonly BundleKey[]> {
  return await Promise.all(
    files.map(async ({ file, scope }) => ({
      key: await readKey(file, (text) => readVerificationKey(text, ALGORITHMS)),
      scope,
    })),
  );
}

/** Reads a private key. Throws `policy_bundle_key_unusable`, which contains no part of the key. */
export async function readBundleSigningKey(file: string): Promise<SigningKey> {
  return await readKey(file, (text) => readSigningKey(text, ALGORITHMS));
}

async function readKey<Key>(
  file: string,
  parse: (text: string) => Promise<KeyReading<Key>>,
): Promise<Key> {
  const read = await readBounded(file, KEY_BYTES_MAX);
  const key = read.ok ? await parse(Buffer.from(read.bytes).toString('utf8')) : read;
  if (key.ok) return key.key;
  throw new HoldfastError(
    'policy_bundle_key_unusable',
    `The key "${file}" cannot be used: ${key.reason}`,
  );
}
