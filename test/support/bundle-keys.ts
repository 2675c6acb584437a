/** Keys for signatures of bundles, made for each test. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import {
  readSigningKey,
  type SignatureAlgorithm,
  type SigningKey,
} from '../../src/base/json-web-signature.ts';

export interface KeyTexts {
  /** PKCS #8, in PEM. */
  readonly privatePem: string;
  /** SPKI, in PEM. */
  readonly publicPem: string;
}

/** The algorithms, with the texts of new keys. */
export const KEY_MAKERS: Readonly<Record<SignatureAlgorithm, () => KeyTexts>> = {
  EdDSA: () => toPem(generateKeyPairSync('ed25519')),
  ES256: () => toPem(generateKeyPairSync('ec', { namedCurve: 'prime256v1' })),
  RS256: () => toPem(generateKeyPairSync('rsa', { modulusLength: 2048 })),
};

type Pair = Pick<ReturnType<typeof generateKeyPairSync>, 'privateKey' | 'publicKey'>;

function toPem({ privateKey, publicKey }: Pair): KeyTexts {
  return {
    privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}

/** A new key that signs. */
export async function makeBundleKey(algorithm: SignatureAlgorithm = 'EdDSA'): Promise<SigningKey> {
  const read = await readSigningKey(KEY_MAKERS[algorithm]().privatePem, [algorithm]);
  assert.ok(read.ok);
  return read.key;
}
