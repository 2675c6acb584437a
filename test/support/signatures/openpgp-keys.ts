/** OpenPGP keys and signatures made without gpg, for tests that start no program. */
import {
  createMessage,
  generateKey,
  readKey,
  revokeKey,
  sign,
  type PrivateKey,
  type PublicKey,
} from 'openpgp';

/** A key with its armored public part. */
export interface OpenpgpKey {
  readonly privateKey: PrivateKey;
  readonly publicKey: PublicKey;
  readonly armored: string;
  /** Upper-case hexadecimal. */
  readonly fingerprint: string;
  readonly keyId: string;
}

/** Makes an Ed25519 key for `Name <email>`. */
export async function makeKey(email = 'ada@example.com', date = new Date()): Promise<OpenpgpKey> {
  const { privateKey, publicKey } = await generateKey({
    userIDs: [{ name: 'Ada', email }],
    format: 'object',
    date,
  });
  return describe(privateKey, publicKey);
}

/** The same key, revoked for no reason. */
export async function revoke(key: OpenpgpKey): Promise<OpenpgpKey> {
  const { publicKey } = await revokeKey({ key: key.privateKey, format: 'object' });
  return describe(key.privateKey, publicKey);
}

/** An armored detached signature. */
export async function signDetached(key: OpenpgpKey, payload: Uint8Array): Promise<Buffer> {
  const message = await createMessage({ binary: payload });
  const signature = await sign({ message, signingKeys: key.privateKey, detached: true });
  return Buffer.from(String(signature));
}

/** The certificate of revocation alone, as gpg keeps it beside a key. */
export async function revocationCertificate(key: OpenpgpKey): Promise<string> {
  const revoked = await readKey({ armoredKey: (await revoke(key)).armored });
  return String(await revoked.getRevocationCertificate());
}

function describe(privateKey: PrivateKey, publicKey: PublicKey): OpenpgpKey {
  return {
    privateKey,
    publicKey,
    armored: publicKey.armor(),
    fingerprint: publicKey.getFingerprint().toUpperCase(),
    keyId: publicKey.getKeyID().toHex().toUpperCase(),
  };
}
